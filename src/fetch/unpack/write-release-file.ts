import { hash } from "node:crypto";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { computeReleaseMode } from "./release-mode.ts";

/** A file as it was written; the digest is of the bytes that went to the disk. */
export interface WrittenFile {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly sha256: string;
}

const createOnly = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Opens a release's file that must not be there yet, with the mode of Go's own rule under a umask of 022. */
export function createReleaseFile(root: string, path: string): number {
  return openSync(`${root}/${path}`, createOnly, computeReleaseMode(path));
}

/** Writes a whole file below `root`, blocking. Its directory is there. Throws what node:fs throws. */
export function writeReleaseFile(root: string, path: string, content: Uint8Array): WrittenFile {
  const file = createReleaseFile(root, path);
  try {
    writeAll(file, content);
  } finally {
    closeSync(file);
  }
  return { path, mode: computeReleaseMode(path), size: content.length, sha256: hash("sha256", content, "hex") };
}

/** One write is enough for nearly every file; a full disk shows as a short one before it shows as ENOSPC. */
export function writeAll(file: number, content: Uint8Array): void {
  for (let at = 0; at < content.length;) at += writeSync(file, content, at);
}
