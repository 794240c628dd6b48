import type { ServerResponse } from "node:http";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeAttempts } from "../../../../src/fetch/download/attempt-log.ts";
import { usualLimits } from "../../../../src/fetch/download/download-limits.ts";
import { archive, collect, digestOf, failureOf, interleave, type Lab, send, start, whole } from "./download-lab.ts";
import { sha256Of } from "../unpack/staging-room.ts";

test("a body that is cut is continued where it was cut, under its validator", async () => {
  const lab = await start((request, response, count) => send(request, response, count < 3 ? { max: 300_000 } : {}));
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
    send(request, response, count === 1 ? { max: 300_000 } : {});
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
    if (from === 0) send(request, response, count === 1 ? { max: 300_000 } : {});
    else response.writeHead(206, { etag: '"one"', ...headers(from) }).end(Buffer.alloc(archive.length - from));
  });
  expect(await digestOf(await lab.download())).toBe(whole);
  expect(lab.ranges).toEqual(["all", 'bytes=300000- "one"', "all"]);
});

test("where no digest is known, a file that has changed meanwhile is not continued", async () => {
  const lab = await start((request, response, count) =>
    send(request, response, count === 1 ? { max: 300_000 } : { etag: '"two"' }),
  );
  const failure = await failureOf(lab.download({ sha256: undefined, size: undefined }).then(collect));
  expect([failure.kind, failure.message]).toEqual(["content", "the file has changed meanwhile"]);
});

test("a stall and a slow answer count as attempts, and what fails without progress is given up after five", async () => {
  let slow: ServerResponse | undefined;
  const lab = await start((_, response, count) => {
    const range = { "content-range": `bytes 20-${archive.length - 1}/${archive.length}` };
    response.writeHead(count === 1 ? 200 : 206, count === 1 ? { "content-length": archive.length } : range);
    if (count === 1) (slow = response).write(archive.subarray(0, 10));
    else response.flushHeaders();
  });
  const failure = await failureOf(
    lab
      .download({
        open: async (request) => {
          const answer = await lab.open(request);
          // By then the body is waited for.
          if (answer.status === 206) setImmediate(() => lab.clock.move(usualLimits.stallMs));
          return interleave(answer, {
            arrived: () => lab.clock.move(10_000),
            asked: () => slow?.write(archive.subarray(0, 10)),
          });
        },
      })
      .then(collect),
  );
  expect(failure.kind).toBe("timeout");
  expect(describeAttempts(failure).map((line) => line.replace(/, [\d:]+Z, |http:\S+(?=: )/g, " "))).toEqual([
    "attempt 1 20 bytes of  : the answer is too slow: 30 bytes in 30 s",
    ...[2, 3, 4, 5].map((count) => `attempt ${count} 0 bytes of  : the answer stalled after 0 bytes`),
  ]);
});

test("a 503 in the middle is waited for as it asks, a 404 is not", async () => {
  const lab = await start((request, response, count) => {
    if (count === 1) send(request, response, { max: 300_000 });
    else if (count === 2) response.writeHead(503, { "retry-after": "1" }).end();
    else if (count === 3) send(request, response, { max: 300_000 });
    else response.writeHead(404).end();
  });
  const failure = await failureOf(lab.download().then(collect));
  expect(lab.clock.sleeps).toEqual([expect.any(Number), 1000, expect.any(Number)]);
  expect([failure.kind, failure.attempts.length]).toEqual(["absent", 4]);
});

test("the whole has a bound", async () => {
  let response: ServerResponse | undefined;
  const lab = await start((_, answer) => {
    response = answer.writeHead(200, { "content-length": archive.length });
    response.write(archive.subarray(0, 1000));
  });
  const limits = { ...usualLimits, wholeMs: 700 };
  const open: Lab["open"] = async (request) =>
    interleave(await lab.open(request), {
      arrived: () => lab.clock.move(100),
      asked: () => response?.write(archive.subarray(0, 1000)),
    });
  const failure = await failureOf(lab.download({ limits, open }).then(collect));
  expect([failure.kind, failure.message]).toEqual(["timeout", "not whole within 1 s"]);
  expect(lab.clock.monotonicMs()).toBe(700);
});

test("a wait for another attempt ends with the bound on the whole", async () => {
  const lab = await start((request, response, count) => {
    if (count === 1) send(request, response, { max: 300_000 });
    else response.writeHead(503, { "retry-after": "25" }).end();
  });
  const failure = await failureOf(lab.download({ limits: { ...usualLimits, wholeMs: 10_000 } }).then(collect));
  expect([failure.kind, failure.message]).toEqual(["timeout", "not whole within 10 s"]);
  expect(failure.attempts.map(({ cause }) => cause)).toEqual([
    "the connection was cut after 300000 bytes",
    "it answers 503",
  ]);
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

function leave(lab: Lab, bytes: Buffer, more: object = {}): void {
  mkdirSync(lab.directory, { mode: 0o700 });
  writeFileSync(join(lab.directory, "archive.part"), bytes);
  const identity = { name: "go.tar.gz", url: "https://elsewhere/go.tar.gz", sha256: sha256Of(archive) };
  writeFileSync(
    join(lab.directory, "archive.json"),
    JSON.stringify({ ...identity, total: archive.length, validator: '"one"', ...more }),
  );
}

test("what comes in is kept, and an earlier run's bytes are continued", async () => {
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
