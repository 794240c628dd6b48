import { lstatSync, readlinkSync } from "node:fs";
import { join, posix } from "node:path";

const linkLimit = 40;

/**
 * Where `path` of the root at `root` lies, links on the way followed inside that root. An absolute link seen through
 * /proc/PID/root would otherwise lead back to this machine's own files.
 */
export function locateInside(root: string, path: string): string {
  return join(root, walk(root, path, false));
}

/** As `locateInside`, with a link at the end followed too. */
export function followInside(root: string, path: string): string {
  return join(root, walk(root, path, true));
}

function walk(root: string, path: string, followLast: boolean): string {
  let links = 0;
  let at = "/";
  let rest = posix.normalize(path).split("/").filter(Boolean);
  while (rest.length > 0) {
    const [name = "", ...after] = rest;
    const next = posix.join(at, name);
    const isLink =
      (after.length > 0 || followLast) && lstatSync(join(root, next), { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink === true) {
      links += 1;
      if (links > linkLimit) throw new Error(`${path}: too many links`);
      const target = posix.resolve(at, readlinkSync(join(root, next)));
      rest = [...target.split("/").filter(Boolean), ...after];
      at = "/";
    } else {
      at = next;
      rest = after;
    }
  }
  return at;
}
