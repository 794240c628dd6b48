import { appendFileSync, utimesSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scanHashedTree } from "../../../../src/host/trees/scan-hashed-tree.ts";
import type { Sha256 } from "../../../../src/release/sha256.ts";
import { compareTree } from "../../../../src/release/tree-manifest.ts";
import { isRoot, makeDirectory, manifestOf, place } from "../../verify/check-host.ts";

const wait = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

/** A tree that was hashed, and the moment after that. */
async function makeTree() {
  const root = makeDirectory();
  place(root, { VERSION: "go1.27.4\n", "src/a.go": "package a\n", "src/b.go": "package b\n" });
  const manifest = manifestOf(root);
  await wait(20);
  const atMs = Date.now();
  await wait(20);
  return { root, manifest, atMs };
}

test("what has not been touched since is not read again", async () => {
  const { root, manifest, atMs } = await makeTree();
  const other = { ...manifest, files: manifest.files.map((file) => ({ ...file, sha256: "0".repeat(64) as Sha256 })) };
  const { files } = scanHashedTree(root, { manifest: other, atMs });
  expect(files.map(({ sha256 }) => sha256)).toEqual(Array.from({ length: 3 }, () => "0".repeat(64)));
});

test.runIf(isRoot)("a changed byte is seen where size and modification time are as before", async () => {
  const { root, manifest, atMs } = await makeTree();
  writeFileSync(`${root}/src/a.go`, "package z\n");
  utimesSync(`${root}/src/a.go`, new Date(0), new Date(0));
  expect(compareTree(manifest, scanHashedTree(root, { manifest, atMs })).changed).toEqual([
    { path: "src/a.go", what: "content" },
  ]);
});

test.runIf(isRoot)("what was added and what has grown are seen too", async () => {
  const { root, manifest, atMs } = await makeTree();
  appendFileSync(`${root}/src/b.go`, "more");
  writeFileSync(`${root}/src/c.go`, "package c\n");
  const scan = scanHashedTree(root, { manifest, atMs });
  expect(compareTree(manifest, scan)).toEqual({
    missing: [],
    added: ["src/c.go"],
    changed: [{ path: "src/b.go", what: "size" }],
  });
  expect(scan.files.every(({ sha256 }) => sha256 !== undefined)).toBe(true);
});
