import { expect, test } from "vitest";
import { readZipDirectory } from "../../../../src/fetch/unpack/read-zip-directory.ts";
import { releaseBounds } from "../../../../src/release/archive-bounds.ts";
import { HostileArchive } from "../../../../src/fetch/unpack/hostile-archive.ts";
import { buildZip, modulePrefix } from "./build-zip.ts";

/** Its directory takes 150 kB and is behind as much: yauzl looks for the end in the last 66 kB. */
const items = Array.from({ length: 2_000 }, (_, at) => ({ name: `${modulePrefix}src/file-${at}.go`, content: "x" }));
const archive = buildZip(items);
const size = archive.length;
const directoryStart = archive.readUInt32LE(size - 6);

async function namesIn(tail: Buffer): Promise<readonly string[]> {
  const names: string[] = [];
  await readZipDirectory({ size, tail }, releaseBounds, ({ fileName }) => names.push(Buffer.from(fileName).toString()));
  return names;
}

test("the end of a zip is enough, and its directory alone is what is read", async () => {
  expect(await namesIn(archive.subarray(directoryStart))).toEqual(items.map(({ name }) => name));
});

test("an end that lacks a byte of the directory is damage", async () => {
  await expect(namesIn(archive.subarray(directoryStart + 1))).rejects.toThrow(
    new HostileArchive("the zip is damaged: it ends early"),
  );
});
