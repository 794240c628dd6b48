import { gzipSync } from "node:zlib";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { createHttpClient } from "../../../src/fetch/http/http-client.ts";
import { probeArchive } from "../../../src/sources/probe-archive.ts";
import { rejectionOf } from "../thrown-by.ts";
import { type Answer, serve } from "../fetch/http/loopback-server.ts";

const open: { close(): Promise<void> }[] = [];
const archive = gzipSync(randomBytes(3_000_000), { level: 0 });

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function probe(answer: Answer, boundMs = 60_000) {
  const server = await serve(answer);
  const http = createHttpClient({ env: {}, userAgent: "readygo/test" });
  open.push(server, http);
  const request = { boundMs, sampleBytes: 500_000, signal: new AbortController().signal };
  return probeArchive(http, `${server.url}/a.tar.gz`, request);
}

test("time to the first byte, rate and size; the rest of the archive is not waited for", async () => {
  let isLeft = false;
  const sample = await probe((_, response) => {
    response.once("close", () => (isLeft = !response.writableFinished));
    setTimeout(() => {
      response.setHeader("content-length", archive.length * 100);
      response.write(archive);
    }, 100);
  });
  expect(sample).toMatchObject({ size: archive.length * 100 });
  expect(sample.firstByteMs).toBeGreaterThanOrEqual(95);
  expect(sample.bytesPerSecond).toBeGreaterThan(100_000);
  await expect.poll(() => isLeft).toBe(true);
});

test("what has come by the bound is enough to tell the rate of a slow source", async () => {
  const sample = await probe((_, response) => {
    const timer = setInterval(() => response.write(archive.subarray(0, 1000)), 50);
    response.once("close", () => clearInterval(timer));
  }, 2_000);
  expect(sample.bytesPerSecond).toBeGreaterThan(500);
  expect(sample.bytesPerSecond).toBeLessThan(100_000);
});

test.each([
  ["nothing", 300, () => undefined, "timeout", "nothing within 0.3 s"],
  [
    "headers alone",
    300,
    (_, response) => response.writeHead(200, { "content-length": 10 }).flushHeaders(),
    "timeout",
    "nothing within 0.3 s",
  ],
  ["a plain text", 60_000, (_, response) => void response.end("Sign in"), "content", "something that is no archive"],
  ["an empty body", 60_000, (_, response) => void response.end(), "content", "the answer is empty"],
  ["404", 60_000, (_, response) => void response.writeHead(404).end(), "absent", "it answers 404"],
] satisfies [string, number, Answer, string, string][])(
  "%s is no delivery",
  async (_, boundMs, answer, kind, message) => {
    const failure = await rejectionOf(probe(answer, boundMs), RequestFailure);
    expect([failure.kind, failure.message]).toEqual([kind, expect.stringContaining(message)]);
  },
);

test("a file by its URL", async () => {
  const folder = mkdtempSync(join(tmpdir(), "readygo probe-"));
  writeFileSync(join(folder, "a.tar.gz"), archive);
  const http = createHttpClient({ env: {}, userAgent: "readygo/test" });
  open.push(http);
  const url = `file://${encodeURI(folder)}/a.tar.gz`;
  const request = { boundMs: 60_000, sampleBytes: 500_000, signal: new AbortController().signal };
  expect(await probeArchive(http, url, request)).toMatchObject({
    from: join(folder, "a.tar.gz"),
    size: archive.length,
  });
  rmSync(folder, { recursive: true });
});
