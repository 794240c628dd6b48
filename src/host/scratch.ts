import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { posix } from "node:path";

/** A directory of this run, of root only, for what checks build and download. */
export function makeScratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(posix.join(chooseParent(), "readygo-"));
  return {
    path,
    // Go's module cache is read-only by default; root removes it all the same.
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 2 }),
  };
}

/** TMPDIR, unless somebody but root could rename what root builds and runs there: then /tmp, whose sticky bit forbids that. */
function chooseParent(): string {
  const named = tmpdir();
  const stat = posix.isAbsolute(named) ? statSync(named, { throwIfNoEntry: false }) : undefined;
  const isSafe =
    stat?.isDirectory() === true && stat.uid === 0 && ((stat.mode & 0o022) === 0 || (stat.mode & 0o1000) !== 0);
  return isSafe ? named : "/tmp";
}
