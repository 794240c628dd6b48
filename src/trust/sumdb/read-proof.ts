import { logFailure } from "./log-failure.ts";
import { readNodes, type TileAccess } from "./read-tile.ts";
import { tileOf, tilePath, type TreeNode } from "./tile.ts";
import type { TreeHead } from "./note.ts";
import { auditPath, hashOfRun, rootOfProof } from "./tree-proof.ts";

/**
 * Reads the tiles around a record and makes its inclusion proof of them. On the way from the record to the root every
 * hash of every tile is used, as a sibling or as the way itself, and the way is compared too: so that the root that is
 * arrived at authenticates whole tiles. Throws ProvisionError of logFailure, or RequestFailure where a tile can't be had.
 */
export async function readProof(
  request: { readonly recordId: number; readonly leaf: Buffer; readonly head: TreeHead },
  access: TileAccess,
): Promise<readonly Buffer[]> {
  const { recordId, leaf, head } = request;
  const way = auditPath(recordId, head.size);
  const hashOf = await readNodes([{ level: 0, index: recordId }, ...way.flat()], head.size, access);
  const proof = way.map((nodes) => hashOfRun(nodes.flatMap((node) => hashOf(node) ?? [])));
  for (const { node, hash } of ownNodes(recordId, leaf, head.size, proof)) {
    const listed = hashOf(node);
    if (listed !== undefined && !listed.equals(hash)) {
      throw logFailure("inclusion proof", "the log's tile has another hash on the record's way", {
        record: String(recordId),
        tile: tilePath(tileOf(node, head.size)),
        expected: hash.toString("base64"),
        received: listed.toString("base64"),
      });
    }
  }
  const root = rootOfProof(recordId, head.size, leaf, proof);
  if (root === undefined || !root.equals(head.rootHash)) {
    throw logFailure("inclusion proof", "the log's tiles do not lead to the signed root", {
      record: String(recordId),
      signed: head.rootHash.toString("base64"),
      computed: root?.toString("base64") ?? "none",
    });
  }
  return proof;
}

/** The nodes between the record and the root that tiles list: the complete ones of every eighth level, the leaf first. */
function ownNodes(
  recordId: number,
  leaf: Buffer,
  treeSize: number,
  proof: readonly Buffer[],
): readonly { readonly node: TreeNode; readonly hash: Buffer }[] {
  const nodes: { readonly node: TreeNode; readonly hash: Buffer }[] = [];
  for (let level = 0; 2 ** level <= treeSize; level += 8) {
    const index = Math.floor(recordId / 2 ** level);
    if ((index + 1) * 2 ** level > treeSize) break;
    const hash = rootOfProof(recordId % 2 ** level, 2 ** level, leaf, proof.slice(0, level));
    if (hash !== undefined) nodes.push({ node: { level, index }, hash });
  }
  return nodes;
}
