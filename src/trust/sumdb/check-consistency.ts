import { ProvisionError } from "../../errors/provision-error.ts";
import { logFailure } from "./log-failure.ts";
import { openNote, parseTreeHead, type TreeHead, type VerifierKey } from "./note.ts";
import { readNodes, type TileAccess } from "./read-tile.ts";
import type { TreeNode } from "./tile.ts";
import { consistencyNodes, hashOfRun, rootAround } from "./tree-proof.ts";

/** A tree head as it was signed, opened. */
export interface SignedHead extends TreeHead {
  readonly note: string;
}

/** Throws ProvisionError of logFailure for a note that is not the key's, or not one of a tree. */
export function openSignedHead(note: string, key: VerifierKey): SignedHead {
  return { ...parseTreeHead(openNote(note, key)), note };
}

/**
 * Proves that the older of two signed trees is the beginning of the newer (golang.org/x/mod/sumdb, client.go: checkTrees).
 * The same hashes have to lead to both roots. Those that don't lead to the newer one are not the log's, or that head is not:
 * both are reported, since tiles of the database itself would tell a fork from wrong tiles.
 *
 * @throws ProvisionError `log-forked` where it is not; of logFailure, part `consistency proof`, for wrong tiles;
 *   RequestFailure where a tile can't be had
 */
export async function checkConsistency(one: SignedHead, other: SignedHead, access: TileAccess): Promise<void> {
  const [older, newer] = one.size <= other.size ? [one, other] : [other, one];
  if (older.size === newer.size) {
    if (!older.rootHash.equals(newer.rootHash)) throw forked(one, other);
    return;
  }
  if (older.size === 0) return;
  const { before, after } = consistencyNodes(older.size, newer.size);
  const read = await readNodes([...before, ...after], newer.size, access);
  const hashOf = (node: TreeNode): Buffer => {
    const hash = read(node);
    if (hash === undefined) throw new Error(`node ${node.level}/${node.index} was not read`);
    return hash;
  };
  const root = rootAround(older.size, newer.size, hashOf);
  if (!root.equals(newer.rootHash)) {
    throw logFailure("consistency proof", "the log's tiles do not lead to the newer signed root", {
      signed: newer.rootHash.toString("base64"),
      computed: root.toString("base64"),
      kept: one.note.trimEnd(),
      received: other.note.trimEnd(),
    });
  }
  if (!hashOfRun(before.map(hashOf)).equals(older.rootHash)) throw forked(one, other);
}

function forked(kept: SignedHead, received: SignedHead): ProvisionError {
  return new ProvisionError("log-forked", "the checksum database has signed two trees that exclude each other", {
    details: { kept: kept.note.trimEnd(), received: received.note.trimEnd() },
  });
}
