import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readBoundedLines } from "../../../../src/host/child/bounded-lines.ts";

async function read(chunks: readonly (string | Buffer)[], mostBytes = 8): Promise<readonly string[]> {
  const seen: string[] = [];
  const stream = new PassThrough();
  readBoundedLines(stream, mostBytes, { onLine: (line) => seen.push(line), onTooLong: () => seen.push("(too long)") });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once("end", resolve));
  return seen;
}

test("lines come whole, however they are cut, and a last one without an end is none", async () => {
  expect(await read(["one\ntw", "o\n\nth", "ree\nfour"])).toEqual(["one", "two", "", "three"]);
  const euro = Buffer.from("€\n");
  expect(await read([euro.subarray(0, 1), euro.subarray(1)])).toEqual(["€"]);
});

test("a line of the bound's length is read; of a longer one nothing, and nothing after it", async () => {
  expect(await read(["12345678\n", "123456789\nmore\n"])).toEqual(["12345678", "(too long)"]);
  expect(await read(["12345", "6789", "0", "\nmore\n"])).toEqual(["(too long)"]);
});
