import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { posix } from "node:path";
import process from "node:process";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "./absolute-path.ts";
import { findOpenAncestor, rootAlone } from "./one-writer.ts";
import { createRealFiles } from "./real-files.ts";

const machine = createRealFiles("");

/** open(2), O_PATH: a directory that may be entered need not be read. Node has no name for it. */
const pathOnly = 0o10000000;

const mostLinks = 40;

/**
 * The directory that a path leads to, without links. For root a link counts only where it is root's own, in a directory
 * that nobody else can write: what others control leads root nowhere.
 *
 * @throws ProvisionError `place-unsafe`, or what node:fs throws
 */
export function resolveDirectory(path: AbsolutePath): AbsolutePath {
  let links = 0;
  let words = splitPath(path);
  let there = absolutePath("/");
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "..") {
      there = absolutePath(posix.dirname(there));
      continue;
    }
    const next = absolutePath(there, word);
    const stat = lstatSync(next);
    if (!stat.isSymbolicLink()) {
      there = next;
      continue;
    }
    const isTrusted = stat.uid === 0 && findOpenAncestor(there, machine, rootAlone) === undefined;
    if (process.geteuid?.() === 0 && !isTrusted)
      throw new ProvisionError("place-unsafe", `${next} is a link that others can turn elsewhere`, {
        remedy: [`name the directory itself, or one that only root can write`],
      });
    links += 1;
    if (links > mostLinks) throw new ProvisionError("place-unsafe", `${path} is a circle of links`);
    const target = readlinkSync(next);
    words = [...splitPath(target), ...words];
    if (target.startsWith("/")) there = absolutePath("/");
  }
  return there;
}

function splitPath(path: string): string[] {
  return path.split("/").filter((word) => word !== "" && word !== ".");
}

/**
 * Writes a file whole, beside its place first: it is there with all of its bytes, or what was there before is. The directory has
 * to be without links ({@link resolveDirectory}); it is held open on the way down, so that nobody who owns a part of that
 * way can lead elsewhere meanwhile. In a directory of somebody else's the file is theirs.
 *
 * @throws ProvisionError `place-unsafe` where something else than a file lies there, or what node:fs throws
 */
export function placeWholeFile(directory: AbsolutePath, name: string, content: string, mode: number): void {
  const held = openWithoutLinks(directory);
  try {
    // As openat(2) would: the kernel goes on from the directory itself.
    const at = (entry: string): string => `/proc/self/fd/${held}/${entry}`;
    const found = lstatSync(at(name), { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile())
      throw new ProvisionError("place-unsafe", `${posix.join(directory, name)} is no file`, {
        remedy: ["name a file, or - for stdout"],
      });
    removeLeftOvers(at("."), at, name);
    const temporary = nameTemporary(name, process.pid);
    const file = openSync(at(temporary), "wx", 0o600);
    try {
      const { uid, gid } = fstatSync(held);
      if (process.geteuid?.() === 0 && uid !== 0) fchownSync(file, uid, gid);
      writeFileSync(file, content);
      fchmodSync(file, mode);
      fsyncSync(file);
      renameSync(at(temporary), at(name));
    } catch (error) {
      rmSync(at(temporary), { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  } finally {
    closeSync(held);
  }
}

/** Hidden, and not what a collector of `*.prom` or `*.xml` takes for a report. */
function nameTemporary(name: string, pid: number): string {
  return `.${name}.readygo-${pid}`;
}

/** Of runs that were killed; and of one with this very number, in another container. */
function removeLeftOvers(directory: string, at: (entry: string) => string, name: string): void {
  const start = nameTemporary(name, 0).slice(0, -1);
  for (const entry of readdirSync(directory)) {
    const pid = entry.startsWith(start) ? Number(entry.slice(start.length)) : Number.NaN;
    if (!Number.isInteger(pid)) continue;
    const isRunning = pid !== process.pid && lstatSync(`/proc/${pid}`, { throwIfNoEntry: false }) !== undefined;
    if (!isRunning) rmSync(at(entry), { force: true });
  }
}

function openWithoutLinks(directory: AbsolutePath): number {
  const flags = pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  let held = openSync("/", flags);
  for (const word of splitPath(directory)) {
    const above = held;
    try {
      held = openSync(`/proc/self/fd/${above}/${word}`, flags);
    } finally {
      closeSync(above);
    }
  }
  return held;
}
