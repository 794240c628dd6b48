import { lstatSync, readlinkSync } from "node:fs";
import { posix } from "node:path";
import type { AbsolutePath } from "./absolute-path.ts";

/** As the kernel: more links than this on one path is a loop (path_resolution(7), ELOOP). */
const mostLinks = 40;

/**
 * Where a host path lies on this machine when the host's root is `root`: every link on the way is read as the host
 * would, so `/etc -> /private/etc` inside an image never leads to this machine's own /private/etc.
 *
 * The last component is left as it is unless `followLast`. Absent components are kept as they are named.
 * Throws a plain Error with code ELOOP.
 */
export function locateInside(
  root: string,
  path: AbsolutePath,
  followLast: boolean,
): { real: string; host: AbsolutePath } {
  let host = "/";
  let links = 0;
  const pending = path.split("/").filter((part) => part !== "");
  while (pending.length > 0) {
    const part = pending.shift() ?? "";
    if (part === ".") continue;
    if (part === "..") {
      host = posix.dirname(host);
      continue;
    }
    const next = posix.join(host, part);
    const target = pending.length === 0 && !followLast ? undefined : readLinkOrNothing(root + next);
    if (target === undefined) {
      host = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) throw Object.assign(new Error(`too many links on the way to ${path}`), { code: "ELOOP" });
    if (target.startsWith("/")) host = "/";
    pending.unshift(...target.split("/").filter((piece) => piece !== ""));
  }
  return { real: host === "/" ? root || "/" : root + host, host: host as AbsolutePath };
}

const noLink: ReadonlySet<unknown> = new Set(["ENOTDIR", "EINVAL", "ENOENT"]);

function readLinkOrNothing(real: string): string | undefined {
  try {
    const stat = lstatSync(real, { throwIfNoEntry: false });
    return stat?.isSymbolicLink() === true ? readlinkSync(real) : undefined;
  } catch (error) {
    // ENOTDIR: a file where a directory should be, below which nothing is a link. The others: it was one a moment ago,
    // and whoever owns the directory has put something else there, or nothing.
    if (error instanceof Error && "code" in error && noLink.has(error.code)) return undefined;
    throw error;
  }
}
