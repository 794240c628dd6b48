import { absolutePath } from "../host/absolute-path.ts";
import { findRunningFile, nameOwnProgram, removeBeside } from "../host/own-program.ts";
import { places } from "../host/places.ts";
import type { Change } from "../plan/plan.ts";
import { findDpkgPackage } from "./self-update/find-manager.ts";
import type { Session } from "./session.ts";

/** Takes readygo itself away, as the bootstrap put it there. What is no such file stays, and is named. */
export async function removeSelf(session: Session): Promise<Change | undefined> {
  const { files, system, emit } = session;
  const path = places.program;
  const stat = files.stat(path);
  if (stat === undefined) {
    await nameOwner(session);
    return undefined;
  }
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

/** A package's file is its package manager's to take away. */
async function nameOwner({ port, request, processes, emit }: Session): Promise<void> {
  const running = request.root === "" && port.entry.length === 0 ? findRunningFile() : undefined;
  const owner = running === undefined ? undefined : await findDpkgPackage(processes, running);
  if (running === undefined || owner === undefined) return;
  const remedy = `sudo apt-get purge ${owner}`;
  emit({ kind: "warning", text: `${running} belongs to the package ${owner}; it is left alone`, remedy });
}
