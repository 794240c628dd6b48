import { createHash, type Hash } from "node:crypto";
import { closeSync, mkdirSync } from "node:fs";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { createEntryLedger } from "./entry-ledger.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { computeReleaseMode } from "./release-mode.ts";
import { createReleaseFile, writeAll, writeReleaseFile, type WrittenFile } from "./write-release-file.ts";

/** Every path is relative to the tree. */
export interface WrittenTree {
  readonly files: readonly WrittenFile[];
  readonly directories: readonly string[];
}

/** Takes entries in the order of the archive. */
export interface TreeWriter {
  directory(path: string): void;
  /** Begins a file of `size` bytes, which come by {@link append}. */
  file(path: string, size: number): void;
  append(piece: Uint8Array): void;
  /** Throws HostileArchive where the last file is not complete. */
  finish(): WrittenTree;
  /** Gives back the open file after a failure. */
  abandon(): void;
}

/** A file that comes in more than one piece. */
interface OpenFile {
  readonly path: string;
  readonly file: number;
  readonly size: number;
  readonly digest: Hash;
  written: number;
}

/**
 * Writes a release's files below `root` with blocking calls, so for worker threads, and hashes each on the way. Throws
 * HostileArchive, and what node:fs throws. Modes are computed; the process's umask must be 022 meanwhile.
 *
 * @param root physical path of an existing empty directory
 */
export function createTreeWriter(root: string, bounds: ArchiveBounds): TreeWriter {
  const ledger = createEntryLedger(bounds);
  const files: WrittenFile[] = [];
  let announced: { readonly path: string; readonly size: number } | undefined;
  let open: OpenFile | undefined;

  const makeAll = (directories: readonly string[]): void => {
    for (const path of directories) mkdirSync(`${root}/${path}`, 0o755);
  };

  const finishFile = (): void => {
    const late = open?.path ?? announced?.path;
    if (late !== undefined) throw new HostileArchive("a file ends early", late);
  };

  const appendToOpen = (target: OpenFile, piece: Uint8Array): void => {
    writeAll(target.file, piece);
    target.digest.update(piece);
    target.written += piece.length;
    if (target.written < target.size) return;
    open = undefined;
    closeSync(target.file);
    if (target.written > target.size) throw new HostileArchive("a file is longer than announced", target.path);
    const { path, size } = target;
    files.push({ path, mode: computeReleaseMode(path), size, sha256: target.digest.digest("hex") });
  };

  return {
    directory(path) {
      makeAll(ledger.claimDirectory(path));
    },
    file(path, size) {
      finishFile();
      makeAll(ledger.claimFile(path, size));
      if (size === 0) files.push(writeReleaseFile(root, path, new Uint8Array()));
      else announced = { path, size };
    },
    append(piece) {
      if (open !== undefined) {
        appendToOpen(open, piece);
        return;
      }
      if (announced === undefined) throw new HostileArchive("there are bytes that belong to no file");
      const { path, size } = announced;
      announced = undefined;
      if (piece.length === size) {
        files.push(writeReleaseFile(root, path, piece));
      } else {
        open = { path, size, file: createReleaseFile(root, path), digest: createHash("sha256"), written: 0 };
        appendToOpen(open, piece);
      }
    },
    finish() {
      finishFile();
      return { files, directories: ledger.directories() };
    },
    abandon() {
      if (open !== undefined) closeSync(open.file);
      open = undefined;
    },
  };
}
