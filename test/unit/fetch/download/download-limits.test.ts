import { expect, test } from "vitest";
import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import { boundWholeMs, guardRate, usualLimits } from "../../../../src/fetch/download/download-limits.ts";
import { rejectionOf } from "../../thrown-by.ts";
import { createTestClock } from "../test-clock.ts";

test.each([
  ["the size of a release", 67_000_000, 60_000 + 4_089_356],
  ["no known size", undefined, 60_000 + 5_120_000],
  ["a length beyond what a timer holds", 1e14, 2 ** 31 - 1],
])("the bound on the whole, by %s", (_, size, boundMs) => {
  expect(Math.ceil(boundWholeMs(usualLimits, size))).toBe(boundMs);
});

test("a bound that was named counts, whatever the size", () => {
  expect(boundWholeMs({ ...usualLimits, wholeMs: 700 }, 67_000_000)).toBe(700);
});

/** Reads chunks of so many bytes, each of which takes that long to come, and so long to be read. */
async function readAll(bytes: number, count: number, comesMs: number, readMs = 0): Promise<number> {
  const clock = createTestClock();
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (let done = 0; done < count; done += 1) {
      clock.move(comesMs);
      yield Buffer.alloc(bytes);
    }
  };
  let read = 0;
  for await (const chunk of guardRate(body(), { url: "https://me:secret@host.test/", stallMs: 20_000, clock })) {
    clock.move(readMs);
    read += chunk.length;
  }
  return read;
}

test("a body under 1 KiB/s is given up after one and a half times the bound for a stall", async () => {
  const failure = await rejectionOf(readAll(1, 1000, 1000), RequestFailure);
  expect([failure.kind, failure.message]).toEqual(["timeout", "the answer is too slow: 30 bytes in 30 s"]);
  expect(failure.url).not.toContain("secret");
});

test("a body of 1 KiB/s is read to its end, and so is any that only its reader makes slow", async () => {
  expect(await readAll(1024, 100, 1000)).toBe(100 * 1024);
  expect(await readAll(1, 1000, 1, 60_000)).toBe(1000);
});
