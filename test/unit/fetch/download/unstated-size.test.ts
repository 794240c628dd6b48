import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { buildZip } from "../unpack/build-zip.ts";
import { sha256Of } from "../unpack/staging-room.ts";
import { collect, digestOf, failureOf, start } from "./download-lab.ts";

const gzip = gzipSync(randomBytes(300_000));
const zip = buildZip([{ name: "a", content: randomBytes(300_000) }]);

interface Manner {
  /** Bytes of the whole after which the body ends, in good order. */
  readonly cutAt?: number;
  readonly isRangeable?: boolean;
  /** Else the connection's end is the body's (HTTP/1.0). */
  readonly isChunked?: boolean;
}

/** An answer without a Content-Length. */
function sendUnstated(archive: Buffer, request: IncomingMessage, response: ServerResponse, manner: Manner): void {
  const { cutAt = archive.length, isRangeable = true, isChunked = false } = manner;
  const match = isRangeable ? /^bytes=(\d+)-/.exec(request.headers.range ?? "") : null;
  const from = match === null ? 0 : Number(match[1]);
  response.useChunkedEncodingByDefault = isChunked;
  response.shouldKeepAlive = isChunked;
  if (from > 0 && from >= archive.length)
    response.writeHead(416, { "content-range": `bytes */${archive.length}` }).end();
  else {
    const range = { "content-range": `bytes ${from}-${archive.length - 1}/${archive.length}` };
    response.writeHead(from === 0 ? 200 : 206, { etag: '"one"', ...(from === 0 ? {} : range) });
    response.end(archive.subarray(from, Math.max(cutAt, from)));
  }
}

const unknown = { sha256: undefined, size: undefined };

describe.each([
  ["a gzip", gzip],
  ["a zip", zip],
])("%s of which nobody states the size", (_, archive) => {
  test.each<[string, Manner]>([
    ["by the connection's end", {}],
    ["in chunks", { isChunked: true }],
    ["from a server without ranges", { isRangeable: false }],
  ])("comes whole where the first body ends early, %s", async (_manner, manner) => {
    for (const cutAt of [1, 1000, archive.length - 30, archive.length - 1]) {
      const lab = await start((request, response, count) =>
        sendUnstated(archive, request, response, count === 1 ? { ...manner, cutAt } : manner),
      );
      expect(await digestOf(await lab.download(unknown))).toBe(sha256Of(archive));
      expect(lab.notices).toEqual([expect.stringContaining(`it ended after ${cutAt} bytes, within the archive`)]);
      expect(lab.ranges).toHaveLength(2);
    }
  });

  test("is not asked for again where it was whole", async () => {
    const lab = await start((request, response) => sendUnstated(archive, request, response, {}));
    expect(await digestOf(await lab.download(unknown))).toBe(sha256Of(archive));
    expect([lab.ranges, lab.notices]).toEqual([["all"], []]);
  });

  test("is fetched again where a digest is known too", async () => {
    const lab = await start((request, response, count) =>
      sendUnstated(archive, request, response, count === 1 ? { cutAt: 5000 } : {}),
    );
    expect(await digestOf(await lab.download({ sha256: sha256Of(archive), size: undefined }))).toBe(sha256Of(archive));
  });

  test("is taken as it is where the server says that there is no more: the digest is what tells", async () => {
    const short = archive.subarray(0, 5000);
    const lab = await start((request, response) => sendUnstated(short, request, response, {}));
    expect(await digestOf(await lab.download(unknown))).toBe(sha256Of(short));
    expect(lab.ranges).toHaveLength(2);
  });

  test("is given up where each body ends there", async () => {
    const lab = await start((request, response) =>
      sendUnstated(archive, request, response, { cutAt: 5000, isRangeable: false }),
    );
    const failure = await failureOf(collect(await lab.download(unknown)));
    expect([failure.kind, failure.attempts.length]).toEqual(["interrupted", 5]);
  });
});

test("what is no archive is read to its end and judged by who reads it", async () => {
  const page = Buffer.from("no archive at all");
  const lab = await start((request, response) => sendUnstated(page, request, response, {}));
  expect(await digestOf(await lab.download(unknown))).toBe(sha256Of(page));
  expect(lab.ranges).toHaveLength(1);
});
