import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { Receipt } from "../host/receipt.ts";
import type { ObservedTree } from "../plan/observed-state.ts";

/** What becomes of the tree or link that stood at /usr/local/go, and of what was kept before. */
export interface Retention {
  /** Name under previous/ that the displaced one gets; undefined where nothing was displaced. */
  readonly keptAs: string | undefined;
  readonly original: Receipt["original"];
  readonly previous: Receipt["previous"];
  /** Ours, and no longer needed once the new state holds. */
  readonly deletions: readonly AbsolutePath[];
}

/**
 * One previous release of ours is kept; what readygo did not install is never deleted: the first such tree or link is
 * the original that `uninstall` brings back, later ones stay under previous/ by a name of their own.
 */
export function planRetention(files: ReadFiles, tree: ObservedTree, receipt: Receipt | undefined): Retention {
  const original = receipt?.original ?? { kind: "absent" };
  const previous = receipt?.previous ?? null;
  if (tree.kind === "absent") return { keptAs: undefined, original, previous, deletions: [] };

  if (tree.kind === "directory" && tree.drift !== undefined && receipt !== undefined) {
    const isWhole = tree.drift.length === 0;
    const keptAs = isWhole ? receipt.version : `damaged-${receipt.version}`;
    const isReplacing = isWhole && previous !== null && previous.keptAs !== keptAs;
    return {
      keptAs,
      original,
      previous: isWhole ? { version: receipt.version, keptAs } : previous,
      deletions: isReplacing ? [absolutePath(places.previous, previous.keptAs)] : [],
    };
  }
  const kind = tree.kind === "link" ? "link" : "directory";
  if (original.kind === "absent" && receipt === undefined) {
    const keptAs = freeName(files, "original");
    return { keptAs, original: { kind, keptAs }, previous, deletions: [] };
  }
  return { keptAs: freeName(files, "foreign"), original, previous, deletions: [] };
}

function freeName(files: ReadFiles, base: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (files.stat(absolutePath(places.previous, name)) === undefined) return name;
  }
}
