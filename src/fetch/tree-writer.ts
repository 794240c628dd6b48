import { createHash, hash, type Hash } from "node:crypto";
import { chmodSync, closeSync, constants, mkdirSync, openSync, writeSync } from "node:fs";
import type { ArchiveBounds } from "../release/archive-bounds.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { computeReleaseMode } from "./release-mode.ts";

/** A file as it was written; the digest is of the bytes that went to the disk. */
export interface WrittenFile {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly sha256: string;
}

export interface TreeWriter {
  directory(path: string): void;
  /** A whole file whose content is at hand. */
  file(path: string, content: Uint8Array): void;
  /** A file whose content arrives in pieces: exactly `size` bytes by {@link append}, of which none may be too many. */
  open(path: string, size: number): void;
  append(piece: Uint8Array): void;
  /** All that was written, in that order. Throws HostileArchive where a file is not complete. */
  finish(): { readonly files: WrittenFile[]; readonly directories: string[] };
  /** Gives back an open file after a failure. */
  abandon(): void;
}

const createOnly = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a release's files below `root` with blocking calls, so for worker threads, and hashes each on the way. Modes
 * are computed; the process's umask must be 022 while it works. Duplicates, names that differ in case only, and more
 * than the bounds allow are refused; every other failure of the file system is thrown as it came.
 *
 * @param root physical path of an existing empty directory
 */
export function createTreeWriter(root: string, bounds: ArchiveBounds): TreeWriter {
  const files: WrittenFile[] = [];
  const made = new Set<string>([""]);
  const folded = new Set<string>();
  const pending = { path: "", file: -1, size: 0, written: 0, digest: undefined as Hash | undefined };
  let unpacked = 0;
  // A parent with the set-group-ID bit would hand it, and its group, down to every directory of the tree.
  chmodSync(root, 0o755);

  const claim = (path: string): void => {
    const key = path.toLowerCase();
    if (folded.has(key))
      throw new HostileArchive("an entry is there twice, or differs from another in case only", path);
    folded.add(key);
    if (folded.size > bounds.entries) throw new HostileArchive(`more than ${bounds.entries} entries`, path);
  };

  const makeDirectory = (path: string): void => {
    if (made.has(path)) return;
    const slash = path.lastIndexOf("/");
    if (slash > 0) makeDirectory(path.slice(0, slash));
    claim(path);
    made.add(path);
    mkdirSync(`${root}/${path}`, 0o755);
  };

  const create = (path: string, size: number): number => {
    if (pending.file >= 0) throw new HostileArchive("a file ends early", pending.path);
    if (path === "") throw new HostileArchive("the tree itself is no directory", path);
    if (size > bounds.fileBytes) throw new HostileArchive(`a file is larger than ${bounds.fileBytes} bytes`, path);
    unpacked += size;
    if (unpacked > bounds.unpackedBytes) {
      throw new HostileArchive(`unpacks to more than ${bounds.unpackedBytes} bytes`, path);
    }
    const slash = path.lastIndexOf("/");
    if (slash > 0) makeDirectory(path.slice(0, slash));
    claim(path);
    return openSync(`${root}/${path}`, createOnly, computeReleaseMode(path));
  };

  const complete = (path: string, size: number, sha256: string): void => {
    files.push({ path, mode: computeReleaseMode(path), size, sha256 });
  };

  return {
    directory: makeDirectory,
    file(path, content) {
      const file = create(path, content.length);
      try {
        writeAll(file, content);
      } finally {
        closeSync(file);
      }
      complete(path, content.length, hash("sha256", content, "hex"));
    },
    open(path, size) {
      pending.file = create(path, size);
      pending.path = path;
      pending.size = size;
      pending.written = 0;
      pending.digest = undefined;
    },
    append(piece) {
      if (pending.file < 0 || pending.written + piece.length > pending.size) {
        throw new HostileArchive("a file is longer than announced", pending.path);
      }
      writeAll(pending.file, piece);
      pending.written += piece.length;
      const isWhole = pending.written === pending.size;
      let sha256 = "";
      if (isWhole && pending.digest === undefined) {
        sha256 = hash("sha256", piece, "hex");
      } else {
        pending.digest ??= createHash("sha256");
        pending.digest.update(piece);
        if (isWhole) sha256 = pending.digest.digest("hex");
      }
      if (!isWhole) return;
      closeSync(pending.file);
      pending.file = -1;
      complete(pending.path, pending.size, sha256);
    },
    finish() {
      if (pending.file >= 0) throw new HostileArchive("a file ends early", pending.path);
      made.delete("");
      return { files, directories: [...made] };
    },
    abandon() {
      if (pending.file >= 0) closeSync(pending.file);
      pending.file = -1;
    },
  };
}

/** One write is enough for nearly every file; a full disk shows as a short one before it shows as ENOSPC. */
function writeAll(file: number, content: Uint8Array): void {
  for (let at = 0; at < content.length;) at += writeSync(file, content, at);
}
