import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { watchArchiveEnd } from "../../../../src/fetch/download/archive-end.ts";
import { buildZip } from "../unpack/build-zip.ts";

const gzip = gzipSync(Buffer.concat([randomBytes(200_000), Buffer.alloc(300_000)]));
const zip = buildZip([
  { name: "a", content: randomBytes(100_000) },
  { name: "b", content: "b" },
]);
const withComment = Buffer.concat([zip.subarray(0, -2), Buffer.from([3, 0]), Buffer.from("end")]);

async function look(bytes: Buffer, piece = 30_000): Promise<boolean | undefined> {
  const end = watchArchiveEnd();
  for (let at = 0; at < bytes.length; at += piece) await end.take(bytes.subarray(at, at + piece));
  const isWhole = end.isWhole();
  end.close();
  return isWhole;
}

test.each([
  ["a gzip", gzip],
  ["a zip", zip],
  ["a zip with a comment", withComment],
])("%s is whole at its end, and nowhere before", async (_, archive) => {
  for (const piece of [1000, 30_000, 1_000_000]) expect(await look(archive, piece)).toBe(true);
  for (const cut of [1, 2, 4, 5, 8, 21, 22, 100, 50_000, archive.length - 20, archive.length - 3])
    expect([cut, await look(archive.subarray(0, -cut))]).toEqual([cut, false]);
});

test("a start of one byte, and nothing at all, are not whole", async () => {
  for (const bytes of [gzip.subarray(0, 1), zip.subarray(0, 1), Buffer.alloc(0)]) expect(await look(bytes)).toBe(false);
});

test("bytes one by one are as good", async () => {
  const small = gzipSync("small");
  expect(await look(small, 1)).toBe(true);
  expect(await look(small.subarray(0, -1), 1)).toBe(false);
});

test.each([
  ["a page", Buffer.from("<html>")],
  ["a damaged gzip", Buffer.concat([gzip.subarray(0, 100), Buffer.alloc(1000, 0xff), gzip.subarray(1100)])],
])("of %s it does not tell: the bytes do", async (_, bytes) => {
  expect(await look(bytes)).toBeUndefined();
});
