import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { scanTree } from "../../../../src/host/trees/scan-tree.ts";
import { computeModuleHash } from "../../../../src/release/module-hash.ts";
import { compareTree } from "../../../../src/release/tree-manifest.ts";
import { buildZip, modulePrefix, smallModule } from "./build-zip.ts";
import { createStagingRoom, inChunks, refusalOf, sha256Of } from "./staging-room.ts";
import { downloadZip } from "../../../../src/fetch/download/download-zip.ts";
import { releaseBounds } from "../../../../src/release/archive-bounds.ts";

const archive = buildZip(smallModule);
const h1 = computeModuleHash(smallModule.map(({ name, content = "" }) => ({ name, sha256: sha256Of(content) })));

test("a module becomes the release's tree: prefix off, go.mod by its own name, modes by Go's rule", async () => {
  const room = createStagingRoom();
  const staged = await room.zip(archive, { expectedH1: h1 });
  expect(staged.h1).toBe(h1);
  expect(staged.archive).toEqual({ kind: "zip", sha256: sha256Of(archive), size: archive.length });
  expect(staged.manifest.directories).toEqual(["bin", "src", "src/fmt"]);
  expect(staged.manifest.files.map(({ path, mode }) => `${mode.toString(8)} ${path}`)).toEqual([
    "644 VERSION",
    "755 bin/go",
    "644 src/fmt/print.go",
    "644 src/go.mod",
    "644 src/stored.go",
  ]);
  const scan = scanTree(room.into, { hash: true });
  expect(compareTree(staged.manifest, scan)).toEqual({ missing: [], added: [], changed: [] });
  expect(room.outside()).toEqual(["victim"]);
});

test("a module that the database does not know is a checksum mismatch that names both", async () => {
  const room = createStagingRoom();
  await expect(room.zip(archive, { expectedH1: "h1:other" })).rejects.toMatchObject({
    code: "checksum-mismatch",
    details: { expected: "h1:other", received: h1, from: "the test" },
  });
});

test("one changed byte anywhere in a file is a checksum mismatch, not damage", async () => {
  const changed = Buffer.from(archive);
  const at = changed.indexOf("package stored");
  changed[at] = 0x50;
  expect(await refusalOf(createStagingRoom().zip(changed, { expectedH1: h1 }))).toMatchObject({
    code: "checksum-mismatch",
  });
  expect(await refusalOf(createStagingRoom().zip(changed))).toMatchObject({ code: "archive-hostile" });
});

test("a wrong digest of the zip itself is found before anything is unpacked, and no spool is left", async () => {
  const room = createStagingRoom();
  const to = `${room.path}/archive.zip`;
  const common = { to, bounds: releaseBounds, sourceName: "the test" };
  const refused = downloadZip({ ...common, body: inChunks(archive), expected: { sha256: sha256Of("other") } });
  expect(await refusalOf(refused)).toMatchObject({ code: "checksum-mismatch" });
  expect(existsSync(to)).toBe(false);

  const page = downloadZip({ ...common, body: inChunks(Buffer.from("<!doctype html>")) });
  expect(await refusalOf(page)).toMatchObject({ code: "content", message: "the answer is no zip archive" });
  expect(existsSync(to)).toBe(false);
});

test("a spool that an earlier run left is overwritten", async () => {
  const room = createStagingRoom();
  const to = `${room.path}/archive.zip`;
  const common = { to, bounds: releaseBounds, sourceName: "the test" };
  await downloadZip({ ...common, body: inChunks(Buffer.concat([archive, archive])) });
  expect(await downloadZip({ ...common, body: inChunks(archive) })).toEqual({
    sha256: sha256Of(archive),
    size: archive.length,
  });
});

test("a stopped run stages nothing more", async () => {
  const stop = AbortSignal.abort(new Error("stopped by the test"));
  await expect(createStagingRoom().zip(archive, { signal: stop })).rejects.toThrow("stopped by the test");
});

test("large files come out whole, stored or deflated, and damage in one is told", async () => {
  const large = Buffer.alloc(3_000_001, "0123456789abcdef");
  for (const method of [0, 8] as const) {
    const bytes = buildZip([...smallModule, { name: `${modulePrefix}pkg/large`, content: large, method }]);
    const room = createStagingRoom();
    const { manifest } = await room.zip(bytes);
    expect(manifest.files.find(({ path }) => path === "pkg/large")).toEqual({
      path: "pkg/large",
      mode: 0o644,
      size: large.length,
      sha256: sha256Of(large),
    });
    expect(compareTree(manifest, scanTree(room.into, { hash: true }))).toEqual({ missing: [], added: [], changed: [] });
    const damaged = Buffer.from(bytes);
    // Inside the large one's contents: it is the last, and the directory behind it is shorter than this.
    damaged.fill(0xff, bytes.length - 2000, bytes.length - 1990);
    expect(await refusalOf(createStagingRoom().zip(damaged))).toMatchObject({
      code: "archive-hostile",
      message: expect.stringContaining("the zip is damaged"),
    });
  }
});
