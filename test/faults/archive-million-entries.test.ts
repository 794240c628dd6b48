import { gzipSync } from "node:zlib";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { releaseBounds } from "../../src/release/archive-bounds.ts";
import { buildTar, buildTarGz } from "../unit/fetch/unpack/build-tar.ts";
import { buildZip, modulePrefix, smallModule } from "../unit/fetch/unpack/build-zip.ts";
import { boundedBy, createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// Entries cost inodes and memory: the bound is four times the largest release's, and what comes after it is not looked
// at. Here the bound is a thousand, since 65,536 files cost a slow disk a minute.
const bounded = boundedBy({ entries: 1000 });
const million = 1_000_000;
const tooMany = (entries: number): string => `the archive is refused: there are more than ${entries} entries`;

test("a tar with a million entries is refused at the bound", async () => {
  const room = createStagingRoom();
  const bytes = millionEntries();
  const startedAt = performance.now();
  expect(await refusalOf(room.tarGz(bytes, bounded))).toMatchObject({
    code: "archive-hostile",
    message: tooMany(1000),
  });
  expect(performance.now() - startedAt).toBeLessThan(50_000);
  expect(readdirSync(room.into, { recursive: true }).length).toBeLessThanOrEqual(1000);
});

test("directories that a path only implies count too", async () => {
  const room = createStagingRoom();
  const deep = (index: number): string => `go/${`${index.toString(36)}/`.repeat(100)}f`;
  const entries = Array.from({ length: 20 }, (_, index) => ({ name: "go/x", pax: { path: deep(index) } }));
  expect(await refusalOf(room.tarGz(buildTarGz(entries), bounded))).toMatchObject({ message: tooMany(1000) });
});

test("a zip with a million entries is refused by what its end says, before one is read", async () => {
  const room = createStagingRoom();
  const startedAt = performance.now();
  expect(await refusalOf(room.zip(claimEntries(million)))).toMatchObject({
    code: "archive-hostile",
    message: tooMany(releaseBounds.entries),
  });
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(readdirSync(room.into)).toEqual([]);
});

test("a zip that has more entries than its end says is refused", async () => {
  const bytes = buildZip([...smallModule, { name: `${modulePrefix}src/more.go`, content: "x" }]);
  const end = bytes.length - 22;
  bytes.writeUInt16LE(smallModule.length, end + 8);
  bytes.writeUInt16LE(smallModule.length, end + 10);
  expect(await refusalOf(createStagingRoom().zip(bytes, { expectedH1: "h1:of-all" }))).toMatchObject({
    code: "checksum-mismatch",
  });
});

/** A gzip may have several members: here a hundred times the same ten thousand names. */
function millionEntries(): Buffer {
  const names = Array.from({ length: 10_000 }, (_, index) => ({ name: `go/f${index}` }));
  const member = gzipSync(buildTar(names, false), { level: 1 });
  return Buffer.concat(Array.from({ length: million / names.length }, () => member));
}

/** The small module with a zip64 end (APPNOTE.TXT, 4.3.14 and 4.3.15) that claims so many entries. */
function claimEntries(count: number): Buffer {
  const zip = buildZip(smallModule);
  const end = zip.length - 22;
  const directoryOffset = zip.readUInt32LE(end + 16);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(end - directoryOffset), 40);
  record.writeBigUInt64LE(BigInt(directoryOffset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  locator.writeUInt32LE(1, 16);
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt16LE(0xffff, 8);
  tail.writeUInt16LE(0xffff, 10);
  tail.writeUInt32LE(0xffffffff, 12);
  tail.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([zip.subarray(0, end), record, locator, tail]);
}
