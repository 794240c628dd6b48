import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { posix } from "node:path";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "./absolute-path.ts";
import { openOwnFile } from "./open-own-file.ts";
import { isErrno } from "./real-files.ts";
import type { ReadFiles } from "./ports.ts";
import { places } from "./places.ts";

/** Writing to the system's own places, as root. Home directories are written through `HomeFiles` only. */
export interface SystemFiles {
  /** Whole content by a temporary file beside it, fsync and rename; durable when it returns. */
  replace(path: AbsolutePath, content: Uint8Array | string, mode: number): void;
  /** Makes a link, or puts another in the place of a link, at once; durable when it returns. */
  replaceLink(path: AbsolutePath, target: string): void;
  /** Removes what a `replace` or `replaceLink` that was cut off may have left beside its file. */
  removeTemporary(path: AbsolutePath): void;
  /** Appends and fsyncs; where that fails, nothing was appended. @throws ProvisionError `state-invalid` for a link */
  append(path: AbsolutePath, text: string): void;
  /** Makes one directory, mode exact whatever the umask; false where it was there already. */
  makeDirectory(path: AbsolutePath, mode: number): boolean;
  removeFile(path: AbsolutePath): void;
  /** False where it is not empty or not there. */
  removeEmptyDirectory(path: AbsolutePath): boolean;
  /** Deletes below /usr/local/.readygo and /var/lib/readygo only; anything else is a bug and throws. */
  removeOwnTree(path: AbsolutePath): void;
  /** Deletes what stands at /usr/local/go, whole, bin/ first so that no half of it runs; its copy must be safe by then. */
  removeReplacedTree(path: AbsolutePath): void;
  /** Takes room that is given back with the file; none where there is none: a disk that is full is emptied by us, too. */
  reserveRoom(path: AbsolutePath, bytes: number): void;
  rename(from: AbsolutePath, to: AbsolutePath): void;
  /** `renameat2(…, RENAME_EXCHANGE)`. Throws with the errno's `code` (EXDEV, EINVAL, …). */
  exchange(one: AbsolutePath, other: AbsolutePath): void;
  /** `syncfs`: what was written to this file system is on the disk when it returns. */
  syncFileSystem(path: AbsolutePath): void;
  syncDirectory(path: AbsolutePath): void;
  /** `cp -aT` of a whole tree, for file systems that refuse to rename it; never into a directory, or a link, at `to`. */
  copyTree(from: AbsolutePath, to: AbsolutePath): void;
}

export function createSystemFiles(files: ReadFiles): SystemFiles {
  const at = (path: AbsolutePath): string => files.locate(path);
  const syncDirectory = (path: AbsolutePath): void => {
    const directory = openDirectory(at(files.resolve(path) ?? path));
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  };
  const removeFile = (path: AbsolutePath): void => {
    try {
      unlinkSync(at(path));
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ENOTDIR") && !isAbsentAnyway(path, error)) throw error;
    }
  };
  /** A read-only mount refuses to remove even what isn't there. */
  const isAbsentAnyway = (path: AbsolutePath, error: unknown): boolean =>
    isErrno(error, "EROFS") && files.stat(path) === undefined;
  return {
    syncDirectory,
    removeFile,
    removeTemporary: (path) => removeFile(nameTemporary(path)),
    replace(path, content, mode) {
      const temporary = nameTemporary(path);
      rmSync(at(temporary), { force: true });
      writeWhole(at(temporary), content, mode);
      renameSync(at(temporary), at(path));
      syncDirectory(absolutePath(posix.dirname(path)));
    },
    replaceLink(path, target) {
      const temporary = nameTemporary(path);
      rmSync(at(temporary), { force: true });
      symlinkSync(target, at(temporary));
      renameSync(at(temporary), at(path));
      syncDirectory(absolutePath(posix.dirname(path)));
    },
    reserveRoom(path, bytes) {
      try {
        // Not zeros: some file systems take no room for those.
        writeFileSync(at(path), randomBytes(bytes), { flag: "wx", mode: 0o600 });
      } catch (error) {
        if (!isErrno(error, "ENOSPC", "EDQUOT")) throw error;
        rmSync(at(path), { force: true });
      }
    },
    append(path, text) {
      const file = openOwnFile(at(path), constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
      if (file === undefined) {
        throw new ProvisionError("state-invalid", `${path} is not a file that is root's alone`, {
          remedy: [`move ${path} away, then run readygo again`],
        });
      }
      const { size } = fstatSync(file);
      try {
        writeAll(file, Buffer.from(text));
        fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      } finally {
        closeSync(file);
      }
    },
    makeDirectory(path, mode) {
      try {
        mkdirSync(at(path));
      } catch (error) {
        if (isErrno(error, "EEXIST")) return false;
        throw error;
      }
      const directory = openDirectory(at(path));
      try {
        fchmodSync(directory, mode);
      } finally {
        closeSync(directory);
      }
      return true;
    },
    removeEmptyDirectory(path) {
      try {
        rmdirSync(at(path));
        return true;
      } catch (error) {
        if (isErrno(error, "ENOENT", "ENOTEMPTY", "EEXIST", "ENOTDIR") || isAbsentAnyway(path, error)) return false;
        // A read-only mount says so before it says that a directory is not empty.
        if (isErrno(error, "EROFS") && files.list(path).length > 0) return false;
        throw error;
      }
    },
    removeOwnTree(path) {
      if (posix.normalize(path) !== path) throw new Error(`removeOwnTree was asked to delete ${path}`);
      if (!path.startsWith(`${places.store}/`) && !path.startsWith(`${places.state}/`)) {
        throw new Error(`removeOwnTree was asked to delete ${path}`);
      }
      removeTree(at(path));
    },
    removeReplacedTree(path) {
      if (path !== places.goroot) throw new Error(`removeReplacedTree was asked to delete ${path}`);
      removeTree(at(absolutePath(path, "bin")));
      removeTree(at(path));
    },
    rename: (from, to) => {
      renameSync(at(from), at(to));
      syncDirectory(absolutePath(posix.dirname(from)));
      syncDirectory(absolutePath(posix.dirname(to)));
    },
    exchange(one, other) {
      exchangeByPerl(at(one), at(other));
      syncDirectory(absolutePath(posix.dirname(one)));
      syncDirectory(absolutePath(posix.dirname(other)));
    },
    syncFileSystem: (path) => runTool("sync", ["-f", at(path)]),
    copyTree: (from, to) => runTool("cp", ["-aT", "--", at(from), at(to)]),
  };
}

/** By rm(1), which follows no link that the owner of a foreign or damaged tree puts into it meanwhile (openat(2)). */
function removeTree(real: string): void {
  runTool("rm", ["-rf", "--one-file-system", "--", real]);
}

function nameTemporary(path: AbsolutePath): AbsolutePath {
  return absolutePath(posix.dirname(path), `.${posix.basename(path)}.readygo-new`);
}

function openDirectory(real: string): number {
  return openSync(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

function writeWhole(real: string, content: Uint8Array | string, mode: number): void {
  const file = openSync(real, "wx", 0o600);
  try {
    writeAll(file, Buffer.from(content));
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, content: Buffer): void {
  for (let written = 0; written < content.length;) written += writeSync(file, content, written);
}

/** linux/fs.h; syscall numbers from asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64). */
const renameExchange = 2;
const renameat2Number = process.arch === "arm64" ? 276 : 316;

/** Node has no renameat2; perl-base is Essential on Debian and Ubuntu and reaches it by number. */
function exchangeByPerl(one: string, other: string): void {
  lstatSync(one);
  lstatSync(other);
  const program = `syscall(${renameat2Number}, -100, $ARGV[0], -100, $ARGV[1], ${renameExchange}) == 0 or do { $! + 0 and print join(" ", grep { $!{$_} } keys %!); exit 1 }`;
  const child = spawnSync("/usr/bin/perl", ["-MErrno", "-e", program, one, other], uncut(60_000));
  if (child.status === 0) return;
  const code = child.stdout?.split(" ").find((name) => name !== "" && name !== "EWOULDBLOCK") ?? "";
  throw Object.assign(
    new Error(`renameat2(RENAME_EXCHANGE) of ${one} and ${other}: ${code || child.error?.message || child.stderr}`),
    // As node's own errors have it: what the system refused, or a perl that was killed, is no bug.
    { code, syscall: "renameat2" },
  );
}

/**
 * A group of its own, since Ctrl-C in the terminal must not cut a step from its journal record. The types of spawnSync
 * do not know `detached`; node's spawn_sync.cc reads it as spawn does.
 */
function uncut(timeout: number): { env: Record<string, string>; encoding: "utf8"; timeout: number; detached: boolean } {
  return { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" }, encoding: "utf8", timeout, detached: true };
}

function runTool(tool: string, args: readonly string[]): void {
  const child = spawnSync(tool, args, uncut(600_000));
  if (child.status === 0) return;
  throw new ProvisionError("step-failed", `\`${tool} ${args.join(" ")}\` failed`, {
    details: { output: child.stderr?.trim() || child.error?.message || `status ${child.status}` },
  });
}
