import { createHash } from "node:crypto";

import type { TreeNode } from "./tile.ts";

/** Hash of a record (RFC 6962, 2.1: a leaf). */
export function recordHash(text: string): Buffer {
  return createHash("sha256").update(Buffer.of(0)).update(text).digest();
}

/** Hash of an inner node (RFC 6962, 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256").update(Buffer.of(1)).update(left).update(right).digest();
}

/** A run of records, the second bound exclusive. */
type Range = readonly [from: number, to: number];

/**
 * The siblings on a record's way to the root, lowest first (RFC 6962, 2.1.1), each as the complete nodes it consists of,
 * from left to right: one, except at the tree's ragged right edge.
 */
export function auditPath(record: number, treeSize: number): readonly (readonly TreeNode[])[] {
  return siblings(record, treeSize).map(completeNodes);
}

/** One hash of a whole run of records, from the hashes of the complete nodes it consists of. */
export function hashOfRun(hashes: readonly Buffer[]): Buffer {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * What a tree's root is made of, so that it shows the tree of the first `older` records in it: the complete nodes below
 * that number, then those from it on (the nodes of RFC 6962's consistency proof, 2.1.2).
 */
export function consistencyNodes(
  older: number,
  newer: number,
): { before: readonly TreeNode[]; after: readonly TreeNode[] } {
  const nodes = splitAt(older, [0, newer]);
  return {
    before: nodes.filter(([from]) => from < older).flatMap(completeNodes),
    after: nodes.filter(([from]) => from >= older).flatMap(completeNodes),
  };
}

/** The root of all `newer` records, from the hashes of `consistencyNodes`. */
export function rootAround(older: number, newer: number, hashOf: (node: TreeNode) => Buffer): Buffer {
  const rootOf = (range: Range): Buffer => {
    if (isOnOneSide(older, range)) return hashOfRun(completeNodes(range).map(hashOf));
    const [left, right] = halve(range);
    return nodeHash(rootOf(left), rootOf(right));
  };
  return rootOf([0, newer]);
}

function splitAt(older: number, range: Range): readonly Range[] {
  return isOnOneSide(older, range) ? [range] : halve(range).flatMap((half) => splitAt(older, half));
}

function isOnOneSide(older: number, [from, to]: Range): boolean {
  return to <= older || from >= older;
}

function halve([from, to]: Range): readonly [Range, Range] {
  const middle = from + largestPowerBelow(to - from);
  return [
    [from, middle],
    [middle, to],
  ];
}

/** The root that a proof leads to; `undefined` where it has more or fewer hashes than this record's way has siblings. */
export function rootOfProof(
  record: number,
  treeSize: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Buffer | undefined {
  const way = siblings(record, treeSize);
  if (way.length !== proof.length) return undefined;
  let hash: Buffer = Buffer.from(leaf);
  for (const [position, [from]] of way.entries()) {
    const sibling = proof[position];
    if (sibling === undefined) return undefined;
    hash = from > record ? nodeHash(hash, sibling) : nodeHash(sibling, hash);
  }
  return hash;
}

function siblings(record: number, treeSize: number): readonly Range[] {
  const fromRoot: Range[] = [];
  let [from, to] = [0, treeSize];
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from);
    if (record < middle) {
      fromRoot.push([middle, to]);
      to = middle;
    } else {
      fromRoot.push([from, middle]);
      from = middle;
    }
  }
  return fromRoot.toReversed();
}

/** Multiplication, not shifts: the log may outgrow 32 bits. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function completeNodes([from, to]: Range): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let start = from; start < to;) {
    let level = 0;
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= to) level += 1;
    nodes.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return nodes;
}
