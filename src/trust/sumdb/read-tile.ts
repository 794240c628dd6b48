import type { ReadBytes } from "../../sources/open-readers.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { appendPath } from "../../sources/goproxy-list.ts";
import {
  fullTile,
  hashInTile,
  isFullTile,
  type TileCoordinate,
  tileBytes,
  tileOf,
  tilePath,
  type TreeNode,
} from "./tile.ts";

const tileTimeoutMs = 20_000;

/** Where tiles are read: what `findChecksumBase` gave, and how. */
export interface TileAccess {
  readonly base: string;
  readonly readBytes: ReadBytes;
}

/**
 * Reads the tiles that hold these nodes of a tree of `treeSize` records, each once and all at a time. What is answered is
 * a node's hash, or `undefined` where its tile was not among them. Nothing is authenticated by this. Throws RequestFailure
 * where a tile can't be had.
 */
export async function readNodes(
  nodes: readonly TreeNode[],
  treeSize: number,
  access: TileAccess,
): Promise<(node: TreeNode) => Buffer | undefined> {
  const wanted = new Map<string, TileCoordinate>();
  for (const node of nodes) {
    const tile = tileOf(node, treeSize);
    wanted.set(tilePath(tile), tile);
  }
  const read = await Promise.all(
    Array.from(wanted, async ([path, tile]) => [path, await readTile(tile, access)] as const),
  );
  const contents = new Map(read);
  return (node) => {
    const content = contents.get(tilePath(tileOf(node, treeSize)));
    return content === undefined ? undefined : hashInTile(node, content);
  };
}

async function readTile(tile: TileCoordinate, access: TileAccess): Promise<Uint8Array> {
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

async function readExactly(tile: TileCoordinate, access: TileAccess): Promise<Uint8Array> {
  const url = appendPath(access.base, tilePath(tile));
  const expected = tileBytes(tile);
  const content = await access.readBytes(url, {
    maxBytes: expected,
    timeoutMs: tileTimeoutMs,
    isWhole: ({ length }) => length === expected,
  });
  if (content.length !== expected) {
    throw new RequestFailure("content", redactUrl(url), `a tile of ${content.length} bytes instead of ${expected}`);
  }
  return content;
}
