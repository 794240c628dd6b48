import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { DownloadFailure, describeAttempts } from "../../../src/fetch/attempt-log.ts";
import { createHttpClient, type HttpClient } from "../../../src/fetch/http-client.ts";
import type { DownloadRequest } from "../../../src/fetch/download-request.ts";
import { openDownload, type Download } from "../../../src/fetch/open-download.ts";
import { createPartialStore } from "../../../src/fetch/partial-store.ts";
import { type LoopbackServer, serve } from "./loopback-server.ts";
import { sha256Of } from "./staging-room.ts";

const archive = Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(1_000_000)]);
const whole = sha256Of(archive);
const open: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

interface Lab {
  readonly server: LoopbackServer;
  readonly ranges: string[];
  readonly notices: string[];
  readonly directory: string;
  download(more?: Partial<DownloadRequest>): Promise<Download>;
}

async function start(answer: Answer): Promise<Lab> {
  const ranges: string[] = [];
  const server = await serve((request, response) => {
    ranges.push([request.headers.range ?? "all", request.headers["if-range"] ?? []].flat().join(" "));
    answer(request, response, ranges.length);
  });
  const room = mkdtempSync(join(tmpdir(), "readygo-download-"));
  const directory = join(room, "partial");
  const http: HttpClient = createHttpClient({ env: {}, userAgent: "test" });
  open.push(
    () => rmSync(room, { recursive: true, force: true }),
    () => server.close(),
    () => http.close(),
  );
  const notices: string[] = [];
  return {
    server,
    ranges,
    notices,
    directory,
    download: (more = {}) =>
      openDownload({
        open: (request) => http.openBody(`${server.url}/go.tar.gz`, request),
        name: "go.tar.gz",
        sha256: sha256Of(archive),
        size: archive.length,
        limits: { connectMs: 2000, stallMs: 300, wholeMs: undefined },
        store: createPartialStore(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 })),
        onNotice: (text) => notices.push(text),
        ...more,
      }),
  };
}

/** A server that keeps to RFC 9110, and of whose answers the first ones may end early. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  options: { most?: number; etag?: string } = {},
): void {
  const { etag = '"one"', most = Infinity } = options;
  const match = /^bytes=(\d+)-/.exec(request.headers.range ?? "");
  const ifRange = request.headers["if-range"];
  const from = match !== null && (ifRange === undefined || ifRange === etag) ? Number(match[1]) : 0;
  const body = archive.subarray(from);
  const range = from === 0 ? {} : { "content-range": `bytes ${from}-${archive.length - 1}/${archive.length}` };
  response.writeHead(from === 0 ? 200 : 206, {
    etag,
    "content-length": body.length,
    "accept-ranges": "bytes",
    ...range,
  });
  if (most >= body.length) response.end(body);
  else response.write(body.subarray(0, most), () => setTimeout(() => response.destroy(), 20));
}

async function collect({ body }: Download): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function digestOf(download: Download): Promise<string> {
  return sha256Of(await collect(download));
}

async function failureOf(work: Promise<unknown>): Promise<DownloadFailure> {
  const error: unknown = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DownloadFailure)) throw error;
  return error;
}

test("a body that is cut is gone on with where it was cut, under its validator", async () => {
  const lab = await start((request, response, count) => send(request, response, count < 3 ? { most: 300_000 } : {}));
  expect(await digestOf(await lab.download())).toBe(whole);
  expect(lab.ranges).toEqual(["all", 'bytes=300000- "one"', 'bytes=600000- "one"']);
  expect(lab.notices).toEqual([
    "go.tar.gz: the connection was cut after 300000 bytes; trying again from byte 300000",
    "go.tar.gz: the connection was cut after 300000 bytes; trying again from byte 600000",
  ]);
});

test("a server that answers the whole in place of a range has its first bytes left out", async () => {
  const lab = await start((request, response, count) => {
    delete request.headers.range;
    send(request, response, count === 1 ? { most: 300_000 } : {});
  });
  expect(await digestOf(await lab.download())).toBe(whole);
});

test.each<[string, (from: number) => Record<string, string>]>([
  ["another range", (from) => ({ "content-range": `bytes ${from - 1}-${archive.length - 1}/${archive.length}` })],
  [
    "a range of another total",
    (from) => ({ "content-range": `bytes ${from}-${archive.length}/${archive.length + 1}` }),
  ],
  ["no range at all", () => ({})],
  [
    "another validator",
    (from) => ({ etag: '"two"', "content-range": `bytes ${from}-${archive.length - 1}/${archive.length}` }),
  ],
])("%s is refused, and the whole asked for in its place", async (_, headers) => {
  const lab = await start((request, response, count) => {
    const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
    if (from === 0) send(request, response, count === 1 ? { most: 300_000 } : {});
    else response.writeHead(206, { etag: '"one"', ...headers(from) }).end(Buffer.alloc(archive.length - from));
  });
  expect(await digestOf(await lab.download())).toBe(whole);
  expect(lab.ranges).toEqual(["all", 'bytes=300000- "one"', "all"]);
});

test("where no digest is known, a file that has changed meanwhile is not gone on with", async () => {
  const lab = await start((request, response, count) =>
    send(request, response, count === 1 ? { most: 300_000 } : { etag: '"two"' }),
  );
  const failure = await failureOf(lab.download({ sha256: undefined, size: undefined }).then(collect));
  expect([failure.kind, failure.message]).toEqual(["content", "the file has changed meanwhile"]);
});

test("a stall and a drip count as attempts, and what fails without progress is given up after five", async () => {
  const lab = await start((_, response, count) => {
    if (count === 1) {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, 10));
      const drip = setInterval(() => response.write(Buffer.from([0])), 100);
      response.once("close", () => clearInterval(drip));
    } else {
      response.writeHead(206, { "content-range": `bytes ${count}-${archive.length - 1}/${archive.length}` });
      response.flushHeaders();
    }
  });
  const failure = await failureOf(
    lab
      .download({
        open: async (request) => {
          const answer = await createAndKeep().openBody(`${lab.server.url}/go.tar.gz`, request);
          return answer.range === undefined
            ? answer
            : { ...answer, range: { ...answer.range, first: request.offset ?? 0 } };
        },
      })
      .then(collect),
  );
  expect(failure.kind).toBe("timeout");
  expect(describeAttempts(failure)).toEqual([
    expect.stringMatching(
      /^attempt 1, \d\d:\d\d:\d\dZ, \d+ bytes of http:.*go\.tar\.gz: the answer drips: \d+ bytes in/,
    ),
    ...[2, 3, 4, 5].map(
      (count) =>
        expect.stringMatching(
          new RegExp(`^attempt ${count}, .*, 0 bytes of .*: the answer stalled after 0 bytes$`),
        ) as unknown,
    ),
  ]);
});

function createAndKeep(): HttpClient {
  const http = createHttpClient({ env: {}, userAgent: "test" });
  open.push(() => http.close());
  return http;
}

test("a 503 in the middle is waited for as it asks, a 404 is not", async () => {
  const lab = await start((request, response, count) => {
    if (count === 1) send(request, response, { most: 300_000 });
    else if (count === 2) response.writeHead(503, { "retry-after": "1" }).end();
    else if (count === 3) send(request, response, { most: 300_000 });
    else response.writeHead(404).end();
  });
  const before = performance.now();
  const failure = await failureOf(lab.download().then(collect));
  expect(performance.now() - before).toBeGreaterThan(1000);
  expect([failure.kind, failure.attempts.length]).toEqual(["absent", 4]);
});

test("the whole has a bound", async () => {
  const lab = await start((_, response) => {
    response.writeHead(200, { "content-length": archive.length });
    const slowly = setInterval(() => response.write(archive.subarray(0, 1000)), 50);
    response.once("close", () => clearInterval(slowly));
  });
  const limits = { connectMs: 2000, stallMs: 300, wholeMs: 700 };
  const failure = await failureOf(lab.download({ limits }).then(collect));
  expect([failure.kind, failure.message]).toEqual(["timeout", "not whole within 1 s"]);
});

test("a length beyond all bounds is no time that is over at once", async () => {
  const lab = await start((_, response) => {
    response.writeHead(200, { "content-length": 1e14 }).write(archive);
  });
  expect(await digestOf(await lab.download())).toBe(whole);
  const failure = await failureOf(lab.download({ size: undefined }).then(collect));
  expect(failure.message).toMatch(/stalled|drips/);
});

test("a length that is too short is asked about, one that is too long is not waited for", async () => {
  const short = await start((request, response) => {
    if (request.headers.range !== undefined) return send(request, response);
    response.writeHead(200, { etag: '"one"', "content-length": 500_000 }).end(archive.subarray(0, 500_000));
  });
  expect(await digestOf(await short.download())).toBe(whole);
  expect(await digestOf(await short.download({ size: undefined, claimedSize: archive.length }))).toBe(whole);
  const long = await start((_, response) => {
    response.writeHead(200, { "content-length": archive.length + 10 }).write(archive);
  });
  expect(await digestOf(await long.download())).toBe(whole);
});

test.each([
  ["less", 1],
  ["more", archive.length + 1000],
])("a size that is claimed wrongly, as %s, changes nothing of what comes", async (_, claimedSize) => {
  const ranged = await start((request, response) => {
    if (request.headers.range === undefined) send(request, response);
    else response.writeHead(416, { "content-range": `bytes */${archive.length}` }).end();
  });
  const plain = await start((_request, response) => response.end(archive));
  for (const lab of [ranged, plain]) {
    expect(await digestOf(await lab.download({ size: undefined, claimedSize }))).toBe(whole);
  }
});

test("another file, shorter than the release, comes to its end, so that its digest is what is told", async () => {
  const lab = await start((request, response) => {
    if (request.headers.range === undefined) response.end(archive.subarray(0, 1000));
    else response.writeHead(416, { "content-range": "bytes */1000" }).end();
  });
  expect(await collect(await lab.download())).toEqual(archive.subarray(0, 1000));
});

test("a page without a type is a page", async () => {
  const lab = await start((_, response) => response.end("<!DOCTYPE html><title>Sign in</title>"));
  const failure = await failureOf(lab.download().then(collect));
  expect([failure.kind, failure.message]).toMatchObject(["content", /captive portal/]);
});

const long = Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(4_000_000)]);
const slow = { sha256: sha256Of(long), size: long.length, judgeAfterMs: 150 };

/** Grants ranges of `long`, 600 kB a second on each connection; tells how many are open at once. */
function sendSlowly(lab: { now: number; most: number }, request: IncomingMessage, response: ServerResponse): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const [first, last] = [Number(match?.[1] ?? 0), Number(match?.[2] || long.length - 1)];
  const range = match === null ? {} : { "content-range": `bytes ${first}-${last}/${long.length}` };
  const headers = { etag: '"one"', "accept-ranges": "bytes", "content-length": last - first + 1, ...range };
  response.writeHead(match === null ? 200 : 206, headers);
  lab.now += 1;
  lab.most = Math.max(lab.most, lab.now);
  let at = first;
  const timer = setInterval(() => {
    response.write(long.subarray(at, Math.min(at + 30_000, last + 1)));
    at += 30_000;
    if (at <= last) return;
    clearInterval(timer);
    response.end();
  }, 50);
  response.once("close", () => {
    clearInterval(timer);
    lab.now -= 1;
  });
}

test("a slow connection is helped by three others, never more", async () => {
  const open = { now: 0, most: 0 };
  const lab = await start((request, response) => sendSlowly(open, request, response));
  expect(await digestOf(await lab.download(slow))).toBe(slow.sha256);
  expect(open.most).toBe(4);
  expect(lab.ranges.length).toBeGreaterThan(4);
  expect(lab.notices).toEqual([]);
});

test.each<[string, (response: ServerResponse) => void]>([
  ["429", (response) => response.writeHead(429).end()],
  ["503", (response) => response.writeHead(503).end()],
  ["the whole", (response) => response.writeHead(200, { etag: '"one"' }).end("x")],
  ["a reset", (response) => response.socket?.resetAndDestroy()],
])("a server that answers further connections with %s is asked by one", async (_, refuse) => {
  const open = { now: 0, most: 0 };
  const lab = await start((request, response, count) => {
    if (count === 1) sendSlowly(open, request, response);
    else refuse(response);
  });
  // The first connection is never cut for it.
  expect(await digestOf(await lab.download(slow))).toBe(slow.sha256);
  expect([open.most, lab.notices.length]).toEqual([1, 1]);
  expect(lab.ranges.length).toBeLessThanOrEqual(4);
});

test("a piece that is cut in the middle is gone on with by one connection", async () => {
  const open = { now: 0, most: 0 };
  const lab = await start((request, response, count) => {
    sendSlowly(open, request, response);
    if (count === 6) setTimeout(() => response.destroy(), 300);
  });
  expect(await digestOf(await lab.download(slow))).toBe(slow.sha256);
  expect(lab.notices).toEqual([
    expect.stringMatching(/the connection was cut after \d+ bytes; trying again from byte/),
  ]);
});

// Nothing but the number of bytes tells: such an answer has no length, and ends in good order or never.
test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  [
    "less than its range",
    (request, response) => {
      const [first] = readPiece(request);
      response.end(long.subarray(first, first + 1000));
    },
  ],
  [
    "more than its range",
    (request, response) => {
      const [first, last] = readPiece(request);
      response.write(long.subarray(first, last + 1));
      const more = setInterval(() => response.write(Buffer.alloc(100_000)), 5);
      response.once("close", () => clearInterval(more));
    },
  ],
])("a piece that is %s does not move the ones after it", async (_, answer) => {
  const lab = await start((request, response, count) => {
    if (count !== 3) return sendSlowly({ now: 0, most: 0 }, request, response);
    const [first, last] = readPiece(request);
    response.writeHead(206, { etag: '"one"', "content-range": `bytes ${first}-${last}/${long.length}` });
    answer(request, response);
  });
  expect(await digestOf(await lab.download(slow))).toBe(slow.sha256);
});

function readPiece({ headers }: IncomingMessage): [number, number] {
  const match = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
  return [Number(match?.[1]), Number(match?.[2])];
}

test("a connection that is fast, and a server without ranges, are left alone", async () => {
  const fast = await start((request, response) => send(request, response));
  expect(await digestOf(await fast.download({ judgeAfterMs: 0 }))).toBe(whole);
  expect(fast.ranges).toEqual(["all"]);
});

function leave(lab: Lab, bytes: Buffer, more: object = {}): void {
  mkdirSync(lab.directory, { mode: 0o700 });
  writeFileSync(join(lab.directory, "archive.part"), bytes);
  const identity = { name: "go.tar.gz", url: "https://elsewhere/go.tar.gz", sha256: sha256Of(archive) };
  writeFileSync(
    join(lab.directory, "archive.json"),
    JSON.stringify({ ...identity, total: archive.length, validator: '"one"', ...more }),
  );
}

test("what comes in is kept, and an earlier run's bytes are gone on with", async () => {
  const lab = await start((request, response) => send(request, response));
  leave(lab, archive.subarray(0, 400_000));
  const download = await lab.download();
  expect([download.reusedBytes, download.total]).toEqual([400_000, archive.length]);
  expect(await digestOf(download)).toBe(whole);
  expect(lab.ranges).toEqual(["bytes=400000-"]);
  expect(sha256Of(readFileSync(join(lab.directory, "archive.part")))).toBe(whole);
});

test("what was whole needs no network", async () => {
  const lab = await start((request, response) => send(request, response));
  leave(lab, archive);
  expect(await digestOf(await lab.download())).toBe(whole);
  expect(lab.ranges).toEqual([]);
});

test("bytes of another archive are not used", async () => {
  const lab = await start((request, response) => send(request, response));
  leave(lab, archive.subarray(0, 400_000), { sha256: sha256Of("another") });
  expect(await digestOf(await lab.download())).toBe(whole);
  expect(lab.ranges).toEqual(["all"]);
});

test("without a digest an earlier run's bytes are used under their validator only", async () => {
  const changed = await start((request, response) => send(request, response, { etag: '"two"' }));
  leave(changed, Buffer.alloc(400_000, 7), { sha256: null });
  const download = await changed.download({ sha256: undefined, size: undefined });
  expect(download.reusedBytes).toBe(0);
  expect(await digestOf(download)).toBe(whole);
  expect(changed.ranges).toEqual(['bytes=400000- "one"']);
});

test("a server without ranges has an earlier run's bytes thrown away", async () => {
  const lab = await start((_, response) => response.end(archive));
  leave(lab, archive.subarray(0, 400_000));
  expect(await digestOf(await lab.download())).toBe(whole);
  expect(existsSync(join(lab.directory, "archive.part"))).toBe(false);
});
