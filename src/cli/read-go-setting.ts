import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import { parseGoEnvFile } from "../release/go-env-file.ts";
import type { GoSetting } from "../release/sumdb/forbid-log.ts";
import type { Session } from "./session.ts";

/** What the go command of this host would take for a setting: the account's `go env -w`, else an installed Go's go.env. */
export async function readStoredSetting(session: Session, name: string): Promise<GoSetting | undefined> {
  return (
    (await readUserSetting(session, name)) ??
    readInstalledSetting(session.files, name) ??
    readInstalledSetting(session.machine, name)
  );
}

/** `go env -w NAME=…` of the account. */
async function readUserSetting(session: Session, name: string): Promise<GoSetting | undefined> {
  const path = absolutePath(session.account.home, ".config/go/env");
  try {
    const file = await session.home(session.account.name).read(path);
    const stored = file === undefined ? undefined : parseGoEnvFile(file.content.toString("utf8"))[name];
    const isOwn = session.account.uid === session.port.uid;
    const value = stored === undefined || isOwn ? stored : leaveOutFiles(stored);
    return value === undefined ? undefined : { value, from: path };
  } catch {
    // An odd home is no reason not to install Go; the doctor of that file is another.
    return undefined;
  }
}

/**
 * Of a GOPROXY list or a GOSUMDB: readygo would read a file as root that somebody else names. Undefined where there was
 * nothing else.
 */
function leaveOutFiles(value: string): string | undefined {
  // A separator says after which answers the next entry is asked: those that stay keep theirs.
  const web = value.replaceAll(/[^,|]*\bfile:[^,|]*([,|]|$)/gi, "").replace(/[,|]$/, "");
  return web === "" ? undefined : web;
}

/**
 * $GOROOT/go.env of the Gos that Debian, Ubuntu, snap and the publisher's own instructions put on a host, read as data:
 * nothing of an unproven tree is run as root.
 */
function readInstalledSetting(files: ReadFiles, name: string): GoSetting | undefined {
  const distribution = files.list(absolutePath("/usr/lib")).filter((entry) => /^go-\d/.test(entry));
  const roots: readonly AbsolutePath[] = [
    places.goroot,
    absolutePath("/snap/go/current"),
    ...distribution.toReversed().map((entry) => absolutePath("/usr/lib", entry)),
  ];
  for (const root of roots) {
    const path = absolutePath(root, "go.env");
    const text = files.read(path)?.toString("utf8");
    const value = text === undefined ? undefined : parseGoEnvFile(text)[name];
    if (value !== undefined && value !== "") return { value, from: path };
  }
  return undefined;
}
