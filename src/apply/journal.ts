import { ProvisionError } from "../errors/provision-error.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { SystemFiles } from "../host/system-files.ts";
import type { Sha256 } from "../release/sha256.ts";

/**
 * How a tree, or a link in its place, is recognised after a crash. The modification time of the root directory is set
 * when it is unpacked and no rename touches it; the inode number of a directory is not stable on an overlay whose
 * layers lie on different file systems (Documentation/filesystems/overlayfs.rst, "Inode properties"), so it is asked
 * only where the time tells nothing: two trees of one second, on a file system or in an image that keeps no more.
 */
export interface TreeIdentity {
  readonly kind: "directory" | "link";
  readonly mtimeNs: string;
  readonly inode: string;
}

/** Kept in /var/lib/readygo/backups while the transaction is open. */
export interface Backup {
  readonly name: string;
  readonly sha256: Sha256;
  readonly mode: number;
}

/** What is about to be done; each is on the disk before its act, so that it can be undone from any moment on. */
export type JournalRecord =
  | { readonly kind: "begin"; readonly id: string; readonly command: string; readonly at: string }
  | { readonly kind: "make-directory"; readonly path: AbsolutePath; readonly owner: string | null }
  | { readonly kind: "remove-directory"; readonly path: AbsolutePath; readonly owner: string | null }
  | { readonly kind: "stage"; readonly path: AbsolutePath }
  | {
      readonly kind: "write";
      readonly path: AbsolutePath;
      readonly owner: string | null;
      readonly before: Backup | null;
      readonly after: Sha256 | null;
    }
  | { readonly kind: "move"; readonly from: AbsolutePath; readonly to: AbsolutePath; readonly identity: TreeIdentity }
  | {
      readonly kind: "exchange";
      readonly one: AbsolutePath;
      readonly other: AbsolutePath;
      readonly identityOfOne: TreeIdentity;
      readonly identityOfOther: TreeIdentity;
    }
  /** The file system refuses to rename `path`: it is copied to `copy`; nothing of it is deleted before `delete-original`. */
  | { readonly kind: "copy"; readonly path: AbsolutePath; readonly copy: AbsolutePath }
  | {
      readonly kind: "delete-original";
      readonly path: AbsolutePath;
      readonly copy: AbsolutePath;
      readonly identity: TreeIdentity;
    }
  /** From here on the new state holds; only these deletions remain. */
  | { readonly kind: "commit"; readonly deletions: readonly AbsolutePath[] };

export function appendRecord(system: SystemFiles, record: JournalRecord): void {
  system.append(places.journal, `${JSON.stringify(record)}\n`);
}

/**
 * The records of an unfinished transaction; empty where there is none. A last line without its newline was being
 * written when the machine stopped: its act had not begun, so it is left out.
 *
 * @throws ProvisionError `state-invalid` where a whole line is not one of ours
 */
export function readJournal(files: ReadFiles): readonly JournalRecord[] {
  const text = files.read(places.journal)?.toString("utf8");
  if (text === undefined) return [];
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => {
    try {
      return JSON.parse(line) as JournalRecord;
    } catch (cause) {
      throw new ProvisionError("state-invalid", `${places.journal} cannot be read`, { details: { line }, cause });
    }
  });
}
