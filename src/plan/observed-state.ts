import type { AbsolutePath } from "../host/absolute-path.ts";
import type { Receipt } from "../host/state/receipt.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { Sha256 } from "../release/sha256.ts";

/** What stands at /usr/local/go. */
export type ObservedTree =
  | { readonly kind: "absent" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "mount" }
  | { readonly kind: "other" }
  | {
      readonly kind: "directory";
      /** First line of VERSION, where it is one of Go's. */
      readonly version: GoVersion | undefined;
      readonly architecture: Architecture | undefined;
      /** Against the receipt: undefined where readygo did not install it, else what differs, empty for nothing. */
      readonly drift: readonly string[] | undefined;
      /** Where another release stands in the place of readygo's, or over it: what differs from readygo's. */
      readonly differences?: readonly string[];
    };

/** A file that readygo writes or has written. */
export interface ObservedFile {
  readonly path: AbsolutePath;
  readonly owner: string | null;
  /** Latin1, byte for byte; null where there is none. */
  readonly text: string | null;
  readonly sha256: Sha256 | null;
  readonly mode: number;
  /** Whether the receipt has it. Where our part is in a file that the receipt does not have, that receipt was lost. */
  readonly isManaged: boolean;
  /** The text without readygo's part; null where nothing would be left of a file that readygo made. */
  readonly restores: string | null;
  readonly missingDirectories: readonly AbsolutePath[];
}

/** An rc file with the edit that its text would get; `edited` equals `text` where nothing is to be done. */
export interface ObservedRcFile extends ObservedFile {
  readonly owner: string;
  readonly edited: string;
  readonly reason: string;
  /** Lines that were seen and are left alone, each with its why. */
  readonly reported: readonly string[];
}

export interface ObservedState {
  readonly tree: ObservedTree;
  readonly receipt: Receipt | undefined;
  readonly profile: ObservedFile;
  readonly rcFiles: readonly ObservedRcFile[];
  /** Home files that cannot be edited, and why. */
  readonly refusals: readonly string[];
}
