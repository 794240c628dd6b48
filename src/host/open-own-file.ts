import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { isErrno } from "./real-files.ts";

/**
 * Opens a regular file that belongs to the user of this process and has no more names than `mostNames`: under `--root DIR` a link that
 * lies in its place would be read as this machine's own, and a FIFO would hold the run for ever. `flags` of open(2) are
 * added to those that see to this; a file that is made has mode 0600.
 *
 * @returns undefined where something else lies there. Throws what node:fs throws.
 */
export function openOwnFile(path: string, flags: number, mostNames = 1): number | undefined {
  let file: number;
  try {
    file = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  } catch (error) {
    if (isErrno(error, "ELOOP", "ENXIO", "EISDIR")) return undefined;
    throw error;
  }
  const stat = fstatSync(file);
  if (stat.isFile() && stat.uid === process.geteuid?.() && stat.nlink <= mostNames) return file;
  closeSync(file);
  return undefined;
}
