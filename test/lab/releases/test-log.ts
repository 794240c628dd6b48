import { generateKeyPairSync, sign } from "node:crypto";
import { keyId } from "../../../src/trust/sumdb/note.ts";
import { tileBytes, tilePath } from "../../../src/trust/sumdb/tile.ts";
import { nodeHash, recordHash } from "../../../src/trust/sumdb/tree-proof.ts";

const tileWidth = 256;

/**
 * A checksum database of the test's own, by its own key under the real one's name: whoever plays its operator can sign what
 * he likes, and whoever plays a proxy can change any file.
 */
export interface TestLog {
  /** As readygo pins one. */
  readonly key: string;
  /** Files by their path below the database's URL. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** A lookup's answer: the number, the text, and the signed head of the whole tree. */
  lookup(record: number, text?: string): string;
  /** A signed note about any text. */
  sign(text: string): string;
  readonly head: string;
}

/** A log of these records, each the text that its leaf hashes. */
export function makeTestLog(records: readonly string[]): TestLog {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.concat([Buffer.of(1), Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url")]);
  const id = keyId("sum.golang.org", raw);
  const signNote = (text: string): string => {
    const signature = Buffer.concat([Buffer.from(id, "hex"), sign(null, Buffer.from(text), privateKey)]);
    return `${text}\n— sum.golang.org ${signature.toString("base64")}\n`;
  };
  const leaves = records.map((text) => recordHash(text));
  const head = `go.sum database tree\n${records.length}\n${rootOf(leaves).toString("base64")}\n`;
  return {
    key: `sum.golang.org+${id}+${raw.toString("base64")}`,
    files: makeTiles(leaves),
    lookup: (record, text = records[record] ?? "") => `${record}\n${text}\n${signNote(head)}`,
    sign: signNote,
    head,
  };
}

/** RFC 6962, 2.1. */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) return only;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** Every tile of the tree, full and, at its right edge, partial. */
function makeTiles(leaves: readonly Buffer[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let level = 0, hashes = leaves; hashes.length > 0; level += 1, hashes = reduce(hashes)) {
    for (let index = 0; index * tileWidth < hashes.length; index += 1) {
      const own = hashes.slice(index * tileWidth, (index + 1) * tileWidth);
      files.set(tilePath({ level, index, width: own.length }), Buffer.concat(own));
    }
  }
  return files;
}

/** The hashes of the complete tiles, of which the tiles above are made. */
function reduce(hashes: readonly Buffer[]): Buffer[] {
  const complete = Math.floor(hashes.length / tileWidth);
  return Array.from({ length: complete }, (_, at) => rootOf(hashes.slice(at * tileWidth, (at + 1) * tileWidth)));
}

/** A tile's hashes. */
export function splitTile(tile: Buffer): Buffer[] {
  const bytes = tileBytes({ level: 0, index: 0, width: 1 });
  return Array.from({ length: tile.length / bytes }, (_, at) => tile.subarray(at * bytes, (at + 1) * bytes));
}
