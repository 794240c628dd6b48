import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import {
  nameKept,
  nameKeptManifest,
  toInstalledRelease,
  type KeptRelease,
  type Receipt,
} from "../host/state/receipt.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { ObservedTree } from "../plan/observed-state.ts";

export interface RetentionRequest {
  readonly tree: ObservedTree;
  readonly receipt: Receipt | undefined;
  /** The release that takes its place. */
  readonly incoming: GoVersion;
  /** How many previous releases of ours are kept. */
  readonly keep: number;
  /** Whether a tree or link that readygo did not install goes for good. */
  readonly isDiscardingForeign: boolean;
}

/** What becomes of the tree or link that stood at /usr/local/go, and of what was kept before. */
export interface Retention {
  /** Name under previous/ that the displaced one gets; undefined where there is none, or it goes for good. */
  readonly keptAs: string | undefined;
  /** Set where the displaced one is a whole release of ours: the name its tree manifest gets among the backups. */
  readonly keptManifest: string | undefined;
  readonly original: Receipt["original"];
  readonly previous: readonly KeptRelease[];
  /** Ours, and no longer needed once the new state holds. */
  readonly deletions: readonly AbsolutePath[];
}

/**
 * The last releases of ours are kept. What readygo did not install is not deleted unless that is asked for: the first
 * such tree or link is the original that `uninstall` brings back, later ones stay under previous/ by names of their own.
 */
export function planRetention(files: ReadFiles, request: RetentionRequest): Retention {
  const { tree, receipt } = request;
  const original = receipt?.original ?? { kind: "absent" };
  const previous = receipt?.previous ?? [];
  const none = { keptAs: undefined, keptManifest: undefined, original, previous, deletions: [] };
  if (tree.kind === "absent") return none;
  if (tree.kind === "directory" && tree.drift !== undefined && receipt !== undefined) {
    if (tree.drift.length > 0 && tree.isOnlyAddedTo !== true) return { ...none, keptAs: `damaged-${receipt.version}` };
    // What was added is moved out; what is left is the very release that comes.
    if (tree.drift.length > 0 && request.incoming === receipt.version) return none;
    return keepRelease(receipt, request.keep);
  }
  const kept = receipt === undefined ? files.stat(absolutePath(places.previous, firstKept)) : undefined;
  // The receipt was lost, and with it the word of what this is: what an earlier first run found.
  const found: Receipt["original"] | undefined =
    kept?.kind === "directory" || kept?.kind === "link" ? { kind: kept.kind, keptAs: firstKept } : undefined;
  if (request.isDiscardingForeign) return { ...none, original: found ?? original };
  if (receipt !== undefined) return { ...none, keptAs: freeName(files, "foreign") };
  if (found !== undefined) return { ...none, keptAs: freeName(files, "foreign"), original: found };
  const keptAs = firstKept;
  return { ...none, keptAs, original: { kind: tree.kind === "link" ? "link" : "directory", keptAs } };
}

const firstKept = "original";

function keepRelease(receipt: Receipt, keep: number): Retention {
  const keptAs = nameKept(receipt.version, receipt.architecture);
  const keptManifest = nameKeptManifest(keptAs);
  const others = receipt.previous.filter((release) => release.keptAs !== keptAs);
  const all = [{ ...toInstalledRelease(receipt), keptAs, manifest: keptManifest }, ...others];
  const kept = all.slice(0, keep);
  const isKept = keep > 0;
  return {
    keptAs: isKept ? keptAs : undefined,
    keptManifest: isKept ? keptManifest : undefined,
    original: receipt.original,
    previous: kept,
    deletions: others.filter((release) => !kept.includes(release)).flatMap(listKept),
  };
}

/** Everything that is kept of a replaced release. */
export function listKept(release: KeptRelease): readonly AbsolutePath[] {
  return [absolutePath(places.previous, release.keptAs), absolutePath(places.backups, release.manifest)];
}

/** A name that nothing under previous/ has yet. */
export function freeName(files: ReadFiles, base: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (files.stat(absolutePath(places.previous, name)) === undefined) return name;
  }
}
