import { absolutePath } from "../host/absolute-path.ts";
import { nameOwnProgram, removeBeside } from "../host/own-program.ts";
import { places } from "../host/places.ts";
import type { Change } from "../plan/plan.ts";
import type { Session } from "./session.ts";

/** Takes readygo itself away, as the bootstrap put it there. What is no such file stays, and is named. */
export function removeSelf({ files, system, emit }: Pick<Session, "files" | "system" | "emit">): Change | undefined {
  const path = places.program;
  const stat = files.stat(path);
  if (stat === undefined) return undefined;
  const isProgram =
    stat.kind === "file" && stat.uid === 0 && files.readStart(path, 4)?.toString("latin1") === "\u007fELF";
  if (isProgram) {
    system.removeFile(path);
    removeBeside(nameOwnProgram(absolutePath(files.locate(path))));
    return { path, change: "removed" };
  }
  const what =
    stat.kind === "link" ? `is a link to ${files.readLink(path) ?? "nothing"}` : "is not what the bootstrap puts there";
  emit({ kind: "warning", text: `${files.locate(path)} ${what}; it is left alone` });
  return undefined;
}
