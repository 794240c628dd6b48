import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { posix } from "node:path";

/** A directory of this run, of root only, for what checks build and download. */
export function makeScratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(posix.join(tmpdir(), "readygo-"));
  return {
    path,
    // Go's module cache is read-only by default; root removes it all the same.
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 2 }),
  };
}
