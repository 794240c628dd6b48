import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { type Answer, digestOf, type Lab, send, start, whole } from "./download-lab.ts";
import { sha256Of } from "./staging-room.ts";

const long = Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(12_000_000)]);
const slow = { sha256: sha256Of(long), size: long.length, judgeAfterMs: 150 };
const tickMs = 50;
const slowBytes = 10_000;
const fastBytes = 1_000_000;

interface Connections {
  now: number;
  most: number;
  all: number;
}

/**
 * Grants ranges of `long`, 200 kB a second on each connection. What a busy machine adds to the bytes that are read while
 * a rate is judged is far from the 3 MB a second that would be fast here. Fast once it has been asked for more than one
 * range for a while: the rest need not be waited for.
 */
function sendSlowly(lab: Connections, request: IncomingMessage, response: ServerResponse): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const [first, last] = [Number(match?.[1] ?? 0), Number(match?.[2] || long.length - 1)];
  const range = match === null ? {} : { "content-range": `bytes ${first}-${last}/${long.length}` };
  const headers = { etag: '"one"', "accept-ranges": "bytes", "content-length": last - first + 1, ...range };
  response.writeHead(match === null ? 200 : 206, headers);
  lab.now += 1;
  lab.most = Math.max(lab.most, lab.now);
  let at = first;
  let ticksWithOthers = 0;
  const timer = setInterval(() => {
    if (lab.all > 1) ticksWithOthers += 1;
    const bytes = ticksWithOthers > 6 ? fastBytes : slowBytes;
    response.write(long.subarray(at, Math.min(at + bytes, last + 1)));
    at += bytes;
    if (at <= last) return;
    clearInterval(timer);
    response.end();
  }, tickMs);
  response.once("close", () => {
    clearInterval(timer);
    lab.now -= 1;
  });
}

/** Starts a lab whose answers to all but the connections of `exception` are slow. */
async function startSlowly(
  exception?: (...answer: Parameters<Answer>) => boolean,
): Promise<Lab & { open: Connections }> {
  const open = { now: 0, most: 0, all: 0 };
  const lab = await start((request, response, count) => {
    open.all = count;
    if (exception?.(request, response, count) !== true) sendSlowly(open, request, response);
  });
  return { ...lab, open };
}

test("a slow connection is helped by three others, never more", async () => {
  const lab = await startSlowly();
  expect(await digestOf(await lab.download(slow))).toBe(slow.sha256);
  expect(lab.open.most).toBe(4);
  expect(lab.ranges.length).toBeGreaterThan(4);
  expect(lab.notices).toEqual([]);
});

test.each<[string, (response: ServerResponse) => void]>([
  ["429", (response) => response.writeHead(429).end()],
  ["503", (response) => response.writeHead(503).end()],
  ["the whole", (response) => response.writeHead(200, { etag: '"one"' }).end("x")],
  ["a reset", (response) => response.socket?.resetAndDestroy()],
])("a server that answers further connections with %s is asked by one", async (_, refuse) => {
  const lab = await startSlowly((_request, response, count) => {
    if (count > 1) refuse(response);
    return count > 1;
  });
  // The first connection is never cut for it.
  expect(await digestOf(await lab.download(slow))).toBe(slow.sha256);
  expect([lab.open.most, lab.notices.length]).toEqual([1, 1]);
  expect(lab.ranges.length).toBeLessThanOrEqual(4);
});

test("a piece that is cut in the middle is gone on with by one connection", async () => {
  const lab = await startSlowly((_request, response, count) => {
    if (count === 6) setTimeout(() => response.destroy(), 100);
    return false;
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
  const lab = await startSlowly((request, response, count) => {
    if (count !== 3) return false;
    const [first, last] = readPiece(request);
    response.writeHead(206, { etag: '"one"', "content-range": `bytes ${first}-${last}/${long.length}` });
    answer(request, response);
    return true;
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
