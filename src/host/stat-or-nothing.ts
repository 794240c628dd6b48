import { lstatSync, type Stats, statSync } from "node:fs";
import { isErrno } from "./real-files.ts";

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
