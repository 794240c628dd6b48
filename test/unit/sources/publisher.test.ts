import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { expect, it } from "vitest";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { usualLimits } from "../../../src/fetch/download/download-limits.ts";
import { describeAttempts } from "../../../src/fetch/download/attempt-log.ts";
import type { HttpBody } from "../../../src/fetch/http/http-answer.ts";
import { createHttpClient } from "../../../src/fetch/http/http-client.ts";
import { createPublisher } from "../../../src/sources/publisher.ts";
import { createTestClock } from "../fetch/test-clock.ts";

// A proxy that takes the connection and says nothing stands for a publisher that does.
it.each([
  ["3 s where nobody has named a bound", usualLimits.connectMs, 3_000],
  ["what was named", 500, 500],
])("a silent publisher is waited for %s", async (_what, connectMs, boundMs) => {
  const clock = createTestClock();
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createHttpClient({ env: {}, userAgent: "test", proxy, clock });
  const publisher = createPublisher(http, new AbortController().signal, { connectMs });
  const [listed] = [expect(publisher.list()).rejects.toThrow(RequestFailure), await once(server, "connection")];
  clock.move(boundMs - 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(publisher.failure).toBeUndefined();
  clock.move(1);
  await listed;
  expect(publisher.failure?.kind).toBe("timeout");
  await http.close();
  server.close();
});

it("tells of go.dev's own answer where its download host has failed too", async () => {
  const failing = async (url: string): Promise<never> => {
    throw new RequestFailure("status", url, `it answers ${url.startsWith("https://go.dev/") ? 500 : 503}`);
  };
  const http = {
    openBody: failing,
    readText: failing,
    readBytes: failing,
    findWay: () => undefined,
    close: async () => undefined,
  };
  const publisher = createPublisher(http, new AbortController().signal, usualLimits);
  const error: unknown = await publisher.openArchive("go1.27.4.linux-amd64.tar.gz").catch((reason: unknown) => reason);
  if (!(error instanceof RequestFailure)) throw error;
  expect(describeAttempts(error).map((line) => line.replace(/^.* bytes of /, ""))).toEqual([
    "https://go.dev/dl/go1.27.4.linux-amd64.tar.gz: it answers 500",
    "https://dl.google.com/go/go1.27.4.linux-amd64.tar.gz: it answers 503",
  ]);
});

it("asks for its list again where the connection was cut, with a size stated or not, and for wrong JSON no more than that", async () => {
  const list = JSON.stringify([{ version: "go1.27.4", stable: true, files: [] }]);
  for (const [first, contentLength] of [
    [list.slice(0, 20), undefined],
    ["no JSON", undefined],
    [list, 100],
  ] as const) {
    let asked = 0;
    const openBody = async (): Promise<HttpBody> => {
      asked += 1;
      const body = (async function* () {
        yield Buffer.from(asked === 1 ? first : list);
        if (asked === 1 && contentLength !== undefined) throw new RequestFailure("interrupted", "", "cut");
      })();
      return { status: 200, contentLength, finalUrl: "", contentType: undefined, range: undefined, validator: undefined, isRangeable: false, body, close: () => undefined }; // prettier-ignore
    };
    const refuse = async (): Promise<never> => Promise.reject(new Error("it is asked"));
    const http = {
      openBody,
      readText: refuse,
      readBytes: refuse,
      findWay: () => undefined,
      close: async () => undefined,
    };
    const publisher = createPublisher(http, new AbortController().signal, usualLimits);
    expect([(await publisher.list()).map(({ version }) => version), asked]).toEqual([["go1.27.4"], 2]);
  }
});
