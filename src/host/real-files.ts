import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statfsSync,
  type Stats,
  statSync,
} from "node:fs";
import { posix } from "node:path";
import type { AbsolutePath } from "./absolute-path.ts";
import { locateInside } from "./locate-inside.ts";
import type { FileStat, ReadFiles } from "./ports.ts";

const defaultMaxBytes = 16 * 1024 * 1024;

/**
 * The host's files. `root` is "" for this machine or DIR of `--root DIR`, then every link is resolved inside DIR.
 * Throws what node:fs throws, but for ENOENT and ENOTDIR, which are answers.
 */
export function createRealFiles(root: string): ReadFiles {
  const locate = (path: AbsolutePath): string => (root === "" ? path : locateInside(root, path, false).real);
  const follow = (path: AbsolutePath): string => (root === "" ? path : locateInside(root, path, true).real);
  return {
    locate,
    stat: (path) => absentAsUndefined(() => toFileStat(locate(path))),
    readLink: (path) => absentAsUndefined(() => readlinkSync(locate(path))),
    list: (path) => absentAsUndefined(() => readdirSync(follow(path)).sort()) ?? [],
    read: (path, maxBytes = defaultMaxBytes) =>
      absentAsUndefined(() => {
        const file = openRegular(follow(path));
        if (file === undefined) return undefined;
        try {
          const size = fstatSync(file).size;
          if (size > maxBytes) throw new Error(`${path} holds ${size} bytes, more than ${maxBytes}`);
          return readFileSync(file);
        } finally {
          closeSync(file);
        }
      }),
    readStart: (path, bytes) =>
      absentAsUndefined(() => {
        const file = openRegular(follow(path));
        if (file === undefined) return undefined;
        try {
          const start = Buffer.alloc(bytes);
          return start.subarray(0, readSync(file, start, 0, bytes, 0));
        } finally {
          closeSync(file);
        }
      }),
    resolve: (path) => {
      const { host, real } = locateInside(root, path, true);
      return lstatSync(real, { throwIfNoEntry: false }) === undefined ? undefined : host;
    },
    isWritable: (directory) => {
      try {
        accessSync(follow(directory), constants.W_OK);
        return true;
      } catch (error) {
        if (isErrno(error, "EROFS", "EPERM", "EACCES", "ENOENT", "ENOTDIR")) return false;
        throw error;
      }
    },
    space: (path) => {
      for (let at = path; ; at = posix.dirname(at) as AbsolutePath) {
        const answer = absentAsUndefined(() => statfsSync(follow(at)));
        // btrfs counts no inodes and says 0 of 0: it makes them as it needs them.
        if (answer !== undefined) {
          return { freeBytes: answer.bavail * answer.bsize, freeInodes: answer.files === 0 ? Infinity : answer.ffree };
        }
      }
    },
  };
}

/** Without waiting: a FIFO in a tree that others may write would hold root for ever. Only a regular file has content. */
function openRegular(real: string): number | undefined {
  const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  return undefined;
}

/** `lstat` in readygo's shape. Throws what node:fs throws. */
function toFileStat(real: string): FileStat {
  const stat = lstatSync(real, { bigint: true });
  return {
    kind: stat.isFile() ? "file" : stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "link" : "other",
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: Number(stat.size),
    links: Number(stat.nlink),
    device: String(stat.dev),
    inode: String(stat.ino),
    mtimeNs: String(stat.mtimeNs),
    ctimeNs: String(stat.ctimeNs),
  };
}

function absentAsUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP", "ENXIO")) return undefined;
    throw error;
  }
}

/** Whether an error is a system call's, with one of these codes. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
}

/** `lstat`; undefined where there is nothing. Throws what node:fs throws. */
export function lstatOrNothing(real: string): Stats | undefined {
  return unlessWayIsBarred(() => lstatSync(real, { throwIfNoEntry: false }));
}

/** The same, following links. */
export function statOrNothing(real: string): Stats | undefined {
  return unlessWayIsBarred(() => statSync(real, { throwIfNoEntry: false }));
}

/** True for a directory itself, not for a link to one. */
export function isDirectoryAt(real: string): boolean {
  return lstatOrNothing(real)?.isDirectory() === true;
}

/** `throwIfNoEntry` covers ENOENT alone: below a file there is nothing, either. */
function unlessWayIsBarred(look: () => Stats | undefined): Stats | undefined {
  try {
    return look();
  } catch (error) {
    if (isErrno(error, "ENOTDIR")) return undefined;
    throw error;
  }
}
