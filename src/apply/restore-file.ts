import type { AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { Sha256 } from "../release/sha256.ts";
import { removeOurPart } from "../shell/rc-block.ts";
import { readBackup } from "../host/state/backups.ts";

/** A file that readygo has written, and what was there before; null for no file. */
export interface WrittenFile {
  readonly path: AbsolutePath;
  readonly owner: string | null;
  readonly before: { readonly backup: string; readonly sha256: Sha256; readonly mode: number } | null;
}

/**
 * What a file is to become again.
 *
 * - `before`: what was there; content null for no file
 * - `part`: its text of now without readygo's part; undefined where it has none. `why` says what kept the rest from it
 * - `lost`: nothing but the backup could say what it was
 */
export type Restored =
  | { readonly kind: "before"; readonly content: Buffer | null; readonly mode: number }
  | { readonly kind: "part"; readonly content: Buffer | undefined; readonly why: string }
  | { readonly kind: "lost"; readonly why: string };

/**
 * Decides by the backup, where it has the bytes that were put into it, and by what is there now: in a home readygo changes
 * nothing but its own part, so a record that says otherwise is not followed.
 */
export function chooseRestored(files: ReadFiles, file: WrittenFile, now: Buffer | undefined): Restored {
  const { path, owner, before } = file;
  const kept = before === null ? Buffer.alloc(0) : readBackup(files, before.backup, before.sha256);
  const ownText = (content: Buffer): string => removeOurPart(owner, content.toString("latin1"));
  if (kept !== undefined && (owner === null || now === undefined || ownText(now) === ownText(kept))) {
    return { kind: "before", content: before === null ? null : kept, mode: before?.mode ?? 0o644 };
  }
  const why =
    before === null || kept !== undefined
      ? "there is something in it that readygo had no part in"
      : `its backup ${places.backups}/${before.backup} is gone or was changed`;
  if (owner === null && path !== places.profile) return { kind: "lost", why };
  const without = now === undefined ? undefined : Buffer.from(ownText(now), "latin1");
  return { kind: "part", content: without?.equals(now ?? without) === true ? undefined : without, why };
}
