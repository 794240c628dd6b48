import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { usualLimits } from "../../../src/fetch/download/download-limits.ts";
import { describeAttempts } from "../../../src/fetch/download/attempt-log.ts";
import { createHttpClient } from "../../../src/fetch/http/http-client.ts";
import { createPublisher } from "../../../src/sources/publisher.ts";

// A proxy that takes the connection and says nothing stands for a publisher that does.
async function waitFor(connectMs: number): Promise<number> {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createHttpClient({ env: {}, userAgent: "test", proxy });
  const publisher = createPublisher(http, new AbortController().signal, { connectMs });
  const startedAt = performance.now();
  await expect(publisher.list()).rejects.toThrow(RequestFailure);
  const waited = performance.now() - startedAt;
  expect(publisher.failure?.kind).toBe("timeout");
  await http.close();
  server.close();
  return waited;
}

it("waits for a silent publisher as long as was named, and 3 s where nobody has named a bound", async () => {
  // At once, so that a busy machine makes both late.
  const [named, usual] = await Promise.all([waitFor(500), waitFor(usualLimits.connectMs)]);
  expect(named).toBeGreaterThan(400);
  expect(usual).toBeGreaterThan(2_900);
  expect(usual).toBeLessThan(usualLimits.connectMs);
  expect(named).toBeLessThan(usual);
});

it("tells of go.dev's own answer where its download host has failed too", async () => {
  const failing = async (url: string): Promise<never> => {
    throw new RequestFailure("status", url, `it answers ${url.startsWith("https://go.dev/") ? 500 : 503}`);
  };
  const http = { openBody: failing, readText: failing, readBytes: failing, close: async () => undefined };
  const publisher = createPublisher(http, new AbortController().signal, usualLimits);
  const error: unknown = await publisher.openArchive("go1.27.4.linux-amd64.tar.gz").catch((reason: unknown) => reason);
  if (!(error instanceof RequestFailure)) throw error;
  expect(describeAttempts(error).map((line) => line.replace(/^.* bytes of /, ""))).toEqual([
    "https://go.dev/dl/go1.27.4.linux-amd64.tar.gz: it answers 500",
    "https://dl.google.com/go/go1.27.4.linux-amd64.tar.gz: it answers 503",
  ]);
});
