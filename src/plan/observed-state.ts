import type { AbsolutePath } from "../host/absolute-path.ts";
import type { ManagedFile, Receipt } from "../host/state/receipt.ts";
import type { ShellDialect } from "../shell/managed-block.ts";
import type { ShellAnswers } from "../environment/shell-answer.ts";
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
      /** Whether all that differs was added to it: without that it is the release. */
      readonly isOnlyAddedTo?: boolean;
      /** What somebody put into readygo's tree, where it was looked for: outermost paths, relative to the tree. */
      readonly additions?: readonly string[];
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

/** An rc file of the account: one that is to carry our block, or one that an earlier run put it into. */
export interface ObservedRcFile extends ObservedFile {
  readonly owner: string;
  readonly dialect: ShellDialect;
  /** Whether the shells that are started read it last: then it is to carry the block. */
  readonly isChosen: boolean;
  /** What the receipt knows of it. */
  readonly managed: ManagedFile | undefined;
  /** The bytes of before our block, where the receipt has them and they are whole. */
  readonly backup: string | undefined;
  /** Whether an earlier run looked at it as it is now, and left it without a block. */
  readonly isLeftAlone: boolean;
  /** False where the shell's own parser says that its end stands in something: then a block there would not be run. */
  readonly isClosed: boolean;
}

/** What stands under the names of Go's commands in /usr/local/bin. */
export interface ObservedLinks {
  /** Why readygo makes no links there, as the end of a sentence that begins with the directory. */
  readonly obstacle: string | undefined;
  readonly missingDirectories: readonly AbsolutePath[];
  readonly found: readonly {
    readonly path: AbsolutePath;
    readonly wanted: string;
    /** Where the link leads that is there; null for none. */
    readonly target: string | null;
    /** What is there and no link. */
    readonly occupiedBy: "file" | "directory" | "other" | null;
  }[];
}

export interface ObservedState {
  readonly tree: ObservedTree;
  readonly receipt: Receipt | undefined;
  readonly profile: ObservedFile;
  readonly links: ObservedLinks;
  readonly rcFiles: readonly ObservedRcFile[];
  /** What the account's shells have; undefined where they were not asked: nothing that they read has changed. */
  readonly shells: ShellAnswers | undefined;
  /** Home files that cannot be edited, and why. */
  readonly refusals: readonly string[];
}
