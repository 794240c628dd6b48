import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { choosePieceBytes } from "../../../../src/fetch/download/split.ts";
import { createTestClock } from "../test-clock.ts";
import { sha256Of } from "../unpack/staging-room.ts";
import { type Answer, digestOf, interleave, type Lab, send, start, whole } from "./download-lab.ts";

const long = Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(5_000_000)]);
const sha256 = sha256Of(long);
/** What each connection brings by the download's clock; the server itself answers at once. */
const bytesPerMs = 200;
/** After this many bytes the connection has been found slow, and its first piece is still coming. */
const afterJudgement = 400_000;

/** Grants ranges of `long`. */
function grant(request: IncomingMessage, response: ServerResponse): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const [first, last] = [Number(match?.[1] ?? 0), Number(match?.[2] || long.length - 1)];
  const range = match === null ? {} : { "content-range": `bytes ${first}-${last}/${long.length}` };
  const headers = { etag: '"one"', "accept-ranges": "bytes", "content-length": last - first + 1, ...range };
  response.writeHead(match === null ? 200 : 206, headers).end(long.subarray(first, last + 1));
}

interface SlowLab extends Lab {
  /** Connections of the client: now, at most, and whether the first one has been closed. */
  readonly connections: { now: number; max: number; isFirstClosed: boolean };
  /** The digest of what comes over a slow link. */
  read(): Promise<string>;
}

/**
 * A lab whose link is slow. The first answer is held after it has been judged until `others` more have been asked for,
 * or until one of them has failed; those are held until all of them are there.
 *
 * @param answer what the server does, unless it just grants the range
 */
async function startSlow(others: number | "failure", answer?: (lab: SlowLab) => Answer): Promise<SlowLab> {
  const connections = { now: 0, max: 0, isFirstClosed: false };
  const lab = await start((request, response, count) => (answer?.(slow) ?? grant)(request, response, count));
  const clock = createTestClock();
  const asked = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<void>();
  let asks = 0;
  const open: Lab["open"] = async (request) => {
    const isFirst = (asks += 1) === 1;
    connections.now += 1;
    connections.max = Math.max(connections.max, connections.now);
    const leave = (): void => void (connections.now -= 1);
    if (asks === Number(others) + 1) asked.resolve();
    if (!isFirst && others !== "failure") await asked.promise;
    const opened = await lab.open(request).catch((error: unknown) => {
      failed.resolve();
      leave();
      throw error;
    });
    let bytes = 0;
    const { body } = interleave(opened, {
      async arrived(count) {
        clock.move(count / bytesPerMs);
        bytes += count;
        if (!isFirst || bytes < afterJudgement) return;
        await (others === "failure" ? failed : asked).promise;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* body;
      } finally {
        leave();
        connections.isFirstClosed ||= isFirst;
      }
    };
    const close = (): void => {
      failed.resolve();
      leave();
      opened.close();
    };
    return { ...opened, body: counted(), close };
  };
  const slow: SlowLab = {
    ...lab,
    connections,
    read: async () => digestOf(await lab.download({ sha256, size: long.length, clock, open })),
  };
  return slow;
}

test("a slow connection is helped by three others, never more", async () => {
  const lab = await startSlow(3);
  expect(await lab.read()).toBe(sha256);
  expect(lab.connections).toEqual({ now: 0, max: 4, isFirstClosed: true });
  expect(lab.ranges.length).toBeGreaterThan(4);
  expect(lab.notices).toEqual([]);
});

test.each<[string, (response: ServerResponse) => void]>([
  ["429", (response) => response.writeHead(429).end()],
  ["503", (response) => response.writeHead(503).end()],
  ["the whole", (response) => response.writeHead(200, { etag: '"one"' }).end("x")],
  ["a reset", (response) => response.socket?.resetAndDestroy()],
])("a server that answers further connections with %s is asked by one", async (_, refuse) => {
  const lab = await startSlow(
    "failure",
    () => (request, response, count) => (count > 1 ? refuse(response) : grant(request, response)),
  );
  expect(await lab.read()).toBe(sha256);
  // The first connection is never cut for it: nobody asks for the rest.
  expect(lab.notices).toEqual([expect.stringContaining("continuing with one connection")]);
  expect(lab.ranges.length).toBeLessThanOrEqual(4);
  expect(lab.ranges.filter((range) => !/^bytes=\d+-\d+ /.test(range))).toEqual(["all"]);
});

/** What answers the first range that is asked for once the first connection has done its part. */
function answerLate(answer: (response: ServerResponse, first: number, last: number) => void): (lab: SlowLab) => Answer {
  let isDone = false;
  return ({ connections }) =>
    (request, response) => {
      const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      if (isDone || !connections.isFirstClosed || match === null) return grant(request, response);
      isDone = true;
      const [first, last] = [Number(match[1]), Number(match[2])];
      response.writeHead(206, { etag: '"one"', "content-range": `bytes ${first}-${last}/${long.length}` });
      answer(response, first, last);
    };
}

test("a piece that is cut in the middle is continued by one connection", async () => {
  const lab = await startSlow(
    3,
    answerLate((response, first) => {
      response.write(long.subarray(first, first + 100_000), () => response.destroy());
    }),
  );
  expect(await lab.read()).toBe(sha256);
  expect(lab.notices).toEqual([
    expect.stringMatching(/the connection was cut after 100000 bytes; trying again from byte/),
  ]);
});

// Nothing but the number of bytes tells: such an answer has no length, and ends in good order or never.
test("a piece that is less than its range does not move the ones after it", async () => {
  const lab = await startSlow(
    3,
    answerLate((response, first) => response.end(long.subarray(first, first + 1000))),
  );
  expect(await lab.read()).toBe(sha256);
  expect(lab.notices).toEqual([expect.stringMatching(/: 1000 of \d+ bytes of a range came; trying again/)]);
});

test("a piece that is more than its range does not move the ones after it", async () => {
  const lab = await startSlow(
    3,
    answerLate((response, first, last) => {
      response.write(long.subarray(first, last + 1));
      response.write(Buffer.alloc(100_000));
    }),
  );
  expect(await lab.read()).toBe(sha256);
  expect(lab.notices).toEqual([]);
});

test("a connection that is fast, and a server without ranges, are left alone", async () => {
  const fast = await start((request, response) => send(request, response));
  expect(await digestOf(await fast.download())).toBe(whole);
  const lab = await startSlow(0, () => (request, response) => {
    response.writeHead(200, { "content-length": long.length }).end(request.headers.range ?? long);
  });
  expect(await lab.read()).toBe(sha256);
  expect([fast.ranges, lab.ranges]).toEqual([["all"], ["all"]]);
});

const mega = 1024 * 1024;

test.each([
  ["what it brings in 4 s", 200_000, 60_000_000, 800_000],
  ["half a mebibyte, where it is slower than that", 10_000, 60_000_000, mega / 2],
  ["two mebibytes, where it is faster than that", 7 * mega, 200 * mega, 2 * mega],
  ["less, where each connection has little to bring", 400_000, 8_000_000, 1_000_000],
  ["none, where it brings 8 MiB/s", 8 * mega, 200 * mega, undefined],
  ["none, where it needs less than 4 s alone", 2_000_000, 7_900_000, undefined],
  ["none, where that leaves one piece", 100_000, mega - 1, undefined],
])("the pieces beside a connection: %s", (_, rate, left, bytes) => {
  expect(choosePieceBytes(rate, left)).toBe(bytes);
});
