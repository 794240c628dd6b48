import { nodeHash } from "./tree-proof.ts";

/** Tiles of the checksum database hold eight levels: up to 256 hashes of 32 bytes. */
const tileHeight = 8;
const tileWidth = 256;
const hashSize = 32;

/** `width` hashes of the tree's level 8 × `level`, the first of them number 256 × `index`. */
export interface TileCoordinate {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** A complete node of the tree: number `index` of those that stand over 2^level records. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** The widest tile of a tree of `treeSize` records that a node can be computed from. */
export function tileOf({ level, index }: TreeNode, treeSize: number): TileCoordinate {
  const tileLevel = Math.floor(level / tileHeight);
  const first = index * 2 ** (level - tileLevel * tileHeight);
  const tileIndex = Math.floor(first / tileWidth);
  const available = Math.floor(treeSize / 2 ** (tileLevel * tileHeight)) - tileIndex * tileWidth;
  return { level: tileLevel, index: tileIndex, width: Math.min(available, tileWidth) };
}

export function isFullTile({ width }: TileCoordinate): boolean {
  return width === tileWidth;
}

/** The full tile at the same place. */
export function fullTile(tile: TileCoordinate): TileCoordinate {
  return { ...tile, width: tileWidth };
}

export function tileBytes({ width }: TileCoordinate): number {
  return width * hashSize;
}

/** `tile/8/0/x241/187`, with `.p/WIDTH` behind it where the tile is partial. The index is written in groups of three digits. */
export function tilePath({ level, index, width }: TileCoordinate): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const place = groups.map((group, position) => (position < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${tileHeight}/${level}/${place}${width === tileWidth ? "" : `.p/${width}`}`;
}

/** A node's hash out of the content of its tile. */
export function hashInTile({ level, index }: TreeNode, content: Uint8Array): Buffer {
  const levels = level % tileHeight;
  const first = (index * 2 ** levels) % tileWidth;
  let hashes: Buffer[] = Array.from({ length: 2 ** levels }, (_, position) =>
    Buffer.from(content.subarray((first + position) * hashSize, (first + position + 1) * hashSize)),
  );
  while (hashes.length > 1) hashes = pairwise(hashes);
  const [hash] = hashes;
  if (hash?.length !== hashSize) throw new Error(`node ${level}/${index} is not in its tile`);
  return hash;
}

function pairwise(hashes: readonly Buffer[]): Buffer[] {
  return hashes.flatMap((left, position) => {
    const right = hashes[position + 1];
    return position % 2 === 0 && right !== undefined ? [nodeHash(left, right)] : [];
  });
}
