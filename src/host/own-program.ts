import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { posix } from "node:path";
import { Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { absolutePath, type AbsolutePath } from "./absolute-path.ts";
import { isErrno } from "./real-files.ts";

/** The forms that Node can unpack by itself, the smallest first. */
export const ownForms = ["zst", "gz"] as const;

export type OwnForm = (typeof ownForms)[number];

/**
 * readygo's own file and what lies beside it while another takes its place. At each moment one whole program stands at
 * `path`; the former is kept as a further name of its bytes, so nothing is copied.
 */
export interface OwnProgram {
  readonly path: AbsolutePath;
  /** What `--rollback` brings back. */
  readonly former: AbsolutePath;
  /** Being written, or whole and not in its place yet. */
  readonly next: AbsolutePath;
  /** The name of the present one until it is the former: a run that was cut off leaves it. */
  readonly present: AbsolutePath;
}

/** More than any release of it: what a packed file may become. */
const mostBytes = 512 * 1024 * 1024;

export function nameOwnProgram(path: AbsolutePath): OwnProgram {
  const beside = (what: string): AbsolutePath =>
    absolutePath(posix.dirname(path), `.${posix.basename(path)}.readygo-${what}`);
  return { path, former: beside("former"), next: beside("new"), present: beside("present") };
}

/** The file that runs; undefined where it has been removed or replaced since it was started. */
export function findRunningFile(): AbsolutePath | undefined {
  const path = readlinkSync("/proc/self/exe");
  return path.endsWith(" (deleted)") ? undefined : absolutePath(path);
}

/** Whether a run that was cut off has left something to end. */
export function isOwnProgramTidy({ next, present }: OwnProgram): boolean {
  return inodeOf(next) === undefined && inodeOf(present) === undefined;
}

/** Ends what a run that was cut off has left. Nothing is lost: what had already been replaced becomes the former. */
export function tidyOwnProgram(program: OwnProgram): void {
  rmSync(program.next, { force: true });
  const present = inodeOf(program.present);
  if (present === undefined) return;
  if (present === inodeOf(program.path)) rmSync(program.present);
  else moveOver(program.present, program.former);
}

/** rename(2) leaves both names where they are two of one file. */
function moveOver(from: AbsolutePath, to: AbsolutePath): void {
  if (inodeOf(from) === inodeOf(to)) rmSync(from);
  else renameSync(from, to);
}

/** Unpacks a program beside the present one, durably, to be run by everybody; nothing of it is in place yet. */
export async function writeNext({ next }: OwnProgram, packed: Uint8Array, form: OwnForm): Promise<void> {
  const unpack = form === "gz" ? createGunzip() : createZstdDecompress();
  const file = openSync(next, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    let bytes = 0;
    for await (const part of readUnpacked(packed, unpack)) {
      bytes += part.length;
      if (bytes > mostBytes) throw new NotUnpacked(`it unpacks to more than ${mostBytes} bytes`);
      for (let written = 0; written < part.length;) written += writeSync(file, part, written);
    }
    fchmodSync(file, 0o755);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What was packed is not of its form, or has no end. */
export class NotUnpacked extends Error {
  override readonly name = "NotUnpacked";
}

async function* readUnpacked(packed: Uint8Array, unpack: Transform): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of Readable.from([packed]).pipe(unpack)) yield chunk as Buffer;
  } catch (cause) {
    throw new NotUnpacked(cause instanceof Error ? cause.message : String(cause));
  } finally {
    unpack.destroy();
  }
}

/** Puts what {@link writeNext} wrote in the place of the present program, which becomes the former. */
export function takePlace(program: OwnProgram): void {
  exchange(program, program.next);
}

/** The former and the present change places. */
export function takeFormer(program: OwnProgram): void {
  exchange(program, program.former);
}

function exchange({ path, present, former }: OwnProgram, other: AbsolutePath): void {
  linkSync(path, present);
  moveOver(other, path);
  syncDirectory(path);
  moveOver(present, former);
  syncDirectory(path);
}

export function removeNext({ next }: OwnProgram): void {
  rmSync(next, { force: true });
}

/** What stands beside a program that is removed. */
export function removeBeside({ former, next, present }: OwnProgram): boolean {
  const found = [former, next, present].filter((path) => inodeOf(path) !== undefined);
  for (const path of found) rmSync(path, { force: true });
  return found.length > 0;
}

function inodeOf(path: AbsolutePath): bigint | undefined {
  try {
    return lstatSync(path, { bigint: true }).ino;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function syncDirectory(path: AbsolutePath): void {
  const directory = openSync(posix.dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
