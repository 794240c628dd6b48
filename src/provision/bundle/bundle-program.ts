import { posix } from "node:path";
import type { BundleDirectory } from "../../host/bundle-directory.ts";
import { absolutePath, type AbsolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import type { Session } from "../session.ts";

const mostBytes = 512 * 1024 * 1024;

/**
 * Puts the running readygo into the bundle: the single file, or the script, which needs its Node. Another one that is
 * there is replaced: the index names it as the bundle's program, and nobody knows who wrote it.
 */
export function bundleProgram(
  session: Session,
  directory: BundleDirectory,
): { readonly name: string | undefined; readonly added: readonly string[] } {
  const script = session.port.entry.at(-1);
  const name = script === undefined ? "readygo" : posix.basename(script);
  if (name !== "readygo" && name !== "readygo.mjs") {
    session.emit({ kind: "notice", text: `the bundle is without readygo itself: ${name} is not the built program` });
    return { name: undefined, added: [] };
  }
  const path = script === undefined ? absolutePath("/proc/self/exe") : toAbsolute(session, script);
  const program = session.machine.read(path, mostBytes);
  if (program === undefined) return { name: undefined, added: [] };
  return { name, added: directory.replace(name, program, 0o755) ? [name] : [] };
}

function toAbsolute(session: Session, path: string): AbsolutePath {
  return parseAbsolutePath(path) ?? absolutePath(session.port.cwd, path);
}
