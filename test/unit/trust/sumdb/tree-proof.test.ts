import * as fc from "fast-check";
import { expect, test } from "vitest";

import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import { readProof } from "../../../../src/trust/sumdb/read-proof.ts";
import { hashInTile, tileOf, tilePath } from "../../../../src/trust/sumdb/tile.ts";
import { auditPath, nodeHash, recordHash, rootOfProof } from "../../../../src/trust/sumdb/tree-proof.ts";

/** The tree hash by its definition (RFC 6962, 2.1), as a measure for everything that is cleverer. */
function definedRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
}

const leaves = Array.from({ length: 1200 }, (_, number) => recordHash(`record ${number}\n`));

/** What a log of so many records would serve. */
function tiles(treeSize: number): (url: string) => Promise<Uint8Array> {
  const served = new Map<string, Buffer>();
  let hashes = leaves.slice(0, treeSize);
  for (let level = 0; hashes.length > 0; level += 8) {
    for (const index of hashes.keys()) {
      const tile = tileOf({ level, index }, treeSize);
      served.set(tilePath(tile), Buffer.concat(hashes.slice(tile.index * 256, tile.index * 256 + tile.width)));
    }
    const full = Math.floor(hashes.length / 256);
    hashes = Array.from({ length: full }, (_, index) => definedRoot(hashes.slice(index * 256, (index + 1) * 256)));
  }
  return (url) => {
    const content = served.get(url.slice("https://log.example/".length));
    return content === undefined ? Promise.reject(new RequestFailure("absent", url, "404")) : Promise.resolve(content);
  };
}

test("hashes are those of RFC 6962", () => {
  // The test vectors of the RFC's reference implementation: the leaves "" and 0x00, and their tree.
  expect(recordHash("").toString("hex")).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  expect(nodeHash(recordHash(""), recordHash("\0")).toString("hex")).toBe(
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  );
});

test("every record of every tree is proven by its tiles, and only by its own number", async () => {
  const place = fc
    .integer({ min: 1, max: leaves.length })
    .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
  await fc.assert(
    fc.asyncProperty(place, async ([size, recordId]) => {
      const leaf = leaves[recordId] ?? Buffer.of();
      const head = { size, rootHash: definedRoot(leaves.slice(0, size)) };
      const access = { base: "https://log.example", readBytes: tiles(size) };
      const proof = await readProof({ recordId, leaf, head }, access);
      expect(rootOfProof(recordId, size, leaf, proof)).toEqual(head.rootHash);
      if (size > 1) {
        const neighbour = recordId === 0 ? 1 : recordId - 1;
        expect(rootOfProof(neighbour, size, leaf, proof)).not.toEqual(head.rootHash);
      }
    }),
    { numRuns: 40 },
  );
});

test("a proof with too many or too few hashes leads nowhere", () => {
  const [leaf = Buffer.of()] = leaves;
  expect([rootOfProof(0, 4, leaf, [leaf]), rootOfProof(0, 4, leaf, [leaf, leaf, leaf])]).toEqual([
    undefined,
    undefined,
  ]);
});

test("the way of a record in a ragged tree", () => {
  // Tree of seven: the sibling of the left half is records 4 to 6, a node of two and a node of one.
  expect(auditPath(1, 7)).toEqual([
    [{ level: 0, index: 0 }],
    [{ level: 1, index: 1 }],
    [
      { level: 1, index: 2 },
      { level: 0, index: 6 },
    ],
  ]);
  expect(auditPath(0, 1)).toEqual([]);
});

test.each([
  [{ level: 0, index: 61743986 }, 66332798, "tile/8/0/x241/187"],
  [{ level: 0, index: 66332797 }, 66332798, "tile/8/0/x259/112.p/126"],
  [{ level: 9, index: 3 }, 66332798, "tile/8/1/000"],
  [{ level: 24, index: 2 }, 66332798, "tile/8/3/000.p/3"],
  [{ level: 0, index: 255 }, 256, "tile/8/0/000"],
  [{ level: 0, index: 1234067 * 256 }, 1234067 * 256 + 1, "tile/8/0/x001/x234/067.p/1"],
  [{ level: 0, index: 2 ** 40 }, 2 ** 40 + 7, "tile/8/0/x004/x294/x967/296.p/7"],
])("the tile of %j in a tree of %i is %s", (node, treeSize, path) => {
  expect(tilePath(tileOf(node, treeSize))).toBe(path);
});

test("a node that is not in its tile is a bug, and says so", () => {
  expect(() => hashInTile({ level: 0, index: 3 }, Buffer.alloc(96))).toThrow("node 0/3 is not in its tile");
});
