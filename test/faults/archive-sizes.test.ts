import { readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildTar, buildTarGz, smallRelease } from "../unit/fetch/unpack/build-tar.ts";
import { buildZip, modulePrefix, smallModule, type ZipItem } from "../unit/fetch/unpack/build-zip.ts";
import { createStagingRoom, refusalOf } from "../unit/fetch/unpack/staging-room.ts";

// A size or an offset is a number that somebody wrote: neither memory nor a place in a file is taken by its word.
test.each([
  ["more than any file has", 2 ** 33],
  ["more than a number holds exactly", 2 ** 53 - 1],
])("a tar's entry of %s bytes", async (_, size) => {
  const room = createStagingRoom();
  const bytes = buildTarGz([...smallRelease, { name: "go/src/huge.go", content: "x", size }]);
  expect(await refusalOf(room.tarGz(bytes))).toMatchObject({ code: "archive-hostile" });
  expect(readdirSync(`${room.into}/src`)).not.toContain("huge.go");
});

test.each([
  ["less than nothing", Buffer.alloc(12, 0xff)],
  ["more than a number holds exactly", Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 0x7f)])],
])("a tar's entry of %s, in GNU's base 256", async (_, field) => {
  const room = createStagingRoom();
  const bytes = buildTar([...smallRelease, { name: "go/src/huge.go", content: "x" }]);
  const header = bytes.subarray(bytes.indexOf("go/src/huge.go"));
  field.copy(header, 124);
  header.fill(" ", 148, 156);
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  expect(await refusalOf(room.tarGz(gzipSync(bytes)))).toMatchObject({ code: "archive-hostile" });
});

const name = `${modulePrefix}src/huge.go`;

test.each<[string, ZipItem]>([
  ["4 GiB of compressed bytes", { name, content: "x", compressedSize: 0xfffffffe }],
  ["compressed bytes past the end", { name, content: "x", compressedSize: 100_000 }],
  ["a place past the end", { name, content: "x", offset: 0xfffffffe }],
  ["a place in the directory", { name, content: "x", offset: 2000 }],
  ["4 GiB of content", { name, content: "x", size: 0xfffffffe }],
])("a zip's entry with %s", async (_, item) => {
  const room = createStagingRoom();
  const startedAt = performance.now();
  expect(await refusalOf(room.zip(buildZip([...smallModule, item])))).toMatchObject({ code: "archive-hostile" });
  expect(performance.now() - startedAt).toBeLessThan(50_000);
  expect(room.outside()).toEqual(["victim"]);
});

test("sizes and places of a zip64 entry, past what a number holds exactly", async () => {
  for (const field of [0, 8, 16]) {
    const room = createStagingRoom();
    expect(await refusalOf(room.zip(withZip64Field(field)))).toMatchObject({ code: "archive-hostile" });
  }
});

/** One entry whose 64-bit field (size, compressed size, offset: APPNOTE.TXT, 4.5.3) is 2^60. */
function withZip64Field(field: number): Buffer {
  const zip = buildZip([{ name, content: "x" }]);
  const end = zip.length - 22;
  const start = zip.readUInt32LE(end + 16);
  const entry = Buffer.from(zip.subarray(start, end));
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(1n, 4);
  extra.writeBigUInt64LE(3n, 12);
  extra.writeBigUInt64LE(0n, 20);
  extra.writeBigUInt64LE(2n ** 60n, 4 + field);
  entry.writeUInt32LE(0xffffffff, 20);
  entry.writeUInt32LE(0xffffffff, 24);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(0xffffffff, 42);
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt32LE(entry.length + extra.length, 12);
  return Buffer.concat([zip.subarray(0, start), entry, extra, tail]);
}
