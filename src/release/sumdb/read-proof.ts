import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { appendPath } from "../goproxy-list.ts";
import type { ReadBytes } from "../read-text.ts";
import { logFailure } from "./log-failure.ts";
import { fullTile, hashInTile, isFullTile, type TileCoordinate, tileBytes, tileOf, tilePath } from "./tile.ts";
import type { TreeHead } from "./tree-head.ts";
import { auditPath, hashOfRun, rootOfProof } from "./tree-proof.ts";

const tileTimeoutMs = 20_000;

/**
 * Reads the tiles around a record and makes its inclusion proof of them. On the way from the record to the root every
 * hash of every tile is used, as a sibling or as the way itself, and the way is compared too: so that the root that is
 * arrived at authenticates whole tiles. Throws ProvisionError `log-untrusted`, or RequestFailure where a tile can't be had.
 */
export async function readProof(
  request: { readonly recordId: number; readonly leaf: Buffer; readonly head: TreeHead },
  access: { readonly base: string; readonly readBytes: ReadBytes },
): Promise<readonly Buffer[]> {
  const { recordId, leaf, head } = request;
  const way = auditPath(recordId, head.size);
  const own = { level: 0, index: recordId };
  const wanted = new Map<string, TileCoordinate>();
  for (const node of [own, ...way.flat()]) {
    const tile = tileOf(node, head.size);
    wanted.set(tilePath(tile), tile);
  }
  const read = await Promise.all(
    Array.from(wanted, async ([path, tile]) => [path, await readTile(tile, access)] as const),
  );
  const contents = new Map(read);
  const hashOf = (node: typeof own): Buffer => {
    const content = contents.get(tilePath(tileOf(node, head.size)));
    if (content === undefined) throw new Error(`tile of node ${node.level}/${node.index} was not read`);
    return hashInTile(node, content);
  };
  if (!hashOf(own).equals(leaf)) {
    throw logFailure("inclusion proof", "the log's tile holds another record at this number", {
      record: String(recordId),
      expected: leaf.toString("base64"),
      received: hashOf(own).toString("base64"),
    });
  }
  const proof = way.map((nodes) => hashOfRun(nodes.map(hashOf)));
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

async function readTile(
  tile: TileCoordinate,
  access: { readonly base: string; readonly readBytes: ReadBytes },
): Promise<Uint8Array> {
  try {
    return await readExactly(tile, access);
  } catch (cause) {
    // Mirrors drop partial tiles once the full one exists; its beginning is the same.
    const isRefused = cause instanceof RequestFailure && (cause.kind === "absent" || cause.kind === "status");
    if (!isRefused || isFullTile(tile)) throw cause;
    const content = await readExactly(fullTile(tile), access);
    return content.subarray(0, tileBytes(tile));
  }
}

async function readExactly(
  tile: TileCoordinate,
  access: { readonly base: string; readonly readBytes: ReadBytes },
): Promise<Uint8Array> {
  const url = appendPath(access.base, tilePath(tile));
  const expected = tileBytes(tile);
  const content = await access.readBytes(url, { maxBytes: expected, timeoutMs: tileTimeoutMs });
  if (content.length !== expected) {
    throw new RequestFailure("content", redactUrl(url), `a tile of ${content.length} bytes instead of ${expected}`);
  }
  return content;
}
