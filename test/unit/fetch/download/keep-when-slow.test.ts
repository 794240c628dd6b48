import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepWhenSlow } from "../../../../src/fetch/download/keep-when-slow.ts";
import { createPartialStore } from "../../../../src/fetch/download/partial-store.ts";
import { createTestClock, type TestClock } from "../test-clock.ts";

const piece = Buffer.alloc(1024 * 1024, "x");
const identity = {
  name: "go.tar.gz",
  url: "https://host.test/go.tar.gz",
  sha256: null,
  total: 20 * piece.length,
  validator: '"1"',
};
let directory: string;
let clock: TestClock;
let store: ReturnType<typeof keepWhenSlow>;

beforeEach(() => {
  clock = createTestClock();
  directory = join(mkdtempSync(join(tmpdir(), "readygo-keep-")), "partial");
  store = keepWhenSlow(createPartialStore(directory), clock);
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true }));

const keptBytes = (): number | undefined =>
  existsSync(join(directory, "archive.part")) ? readFileSync(join(directory, "archive.part")).length : undefined;
const append = (count: number): void => {
  for (let done = 0; done < count; done += 1) store.append(piece);
};

it("keeps what comes slowly from its first byte on", () => {
  store.begin(identity, 0);
  append(3);
  expect(keptBytes()).toBeUndefined();
  clock.move(501);
  append(1);
  expect(keptBytes()).toBe(4 * piece.length);
});

// As a zip's spool does with each, once it is written.
it("keeps the bytes of pieces whose memory is given back by then", () => {
  store.begin(identity, 0);
  const given = new Uint8Array(1024 * 1024).fill(7);
  store.append(given);
  given.buffer.transfer(0);
  clock.move(501);
  expect(keptBytes()).toBe(1024 * 1024);
});

it("keeps what has stopped coming", () => {
  store.begin(identity, 0);
  append(1);
  clock.move(501);
  expect(keptBytes()).toBe(piece.length);
});

it("keeps nothing of what comes at 16 MB/s and more", () => {
  store.begin(identity, 0);
  append(9);
  clock.move(10_000);
  append(11);
  store.close();
  expect(keptBytes()).toBeUndefined();
});

it("keeps what was there when it is closed early, and nothing that is whole", () => {
  store.begin(identity, 0);
  append(2);
  store.close();
  expect(keptBytes()).toBe(2 * piece.length);
  rmSync(directory, { recursive: true });
  store.begin({ ...identity, total: 2 * piece.length }, 0);
  append(2);
  store.close();
  expect(keptBytes()).toBeUndefined();
});

it("continues what an earlier run has kept, however fast the rest comes", () => {
  store.begin(identity, 0);
  append(2);
  store.close();
  store.begin(identity, 2 * piece.length);
  append(12);
  store.close();
  expect(keptBytes()).toBe(14 * piece.length);
});
