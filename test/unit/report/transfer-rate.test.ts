import { expect, test } from "vitest";
import { createTransferRate } from "../../../src/report/transfer-rate.ts";

/** Describes each [milliseconds, received, total] in turn. */
function describeAll(steps: readonly (readonly [number, number, number | undefined])[]): readonly string[] {
  let at = 0;
  const rate = createTransferRate(() => at);
  return steps.map(([now, received, total]) => {
    at = now;
    return rate.describe(received, total);
  });
}

test("bytes, rate and time left, once there is enough to tell them from", () => {
  expect(
    describeAll([
      [0, 0, 66e6],
      [100, 3e6, 66e6],
      [1000, 6e6, 66e6],
      [11_000, 66e6, 66e6],
    ]),
  ).toEqual([
    "0 B of 66.0 MB",
    "3.0 MB of 66.0 MB",
    "6.0 MB of 66.0 MB, 6.0 MB/s, 10 s left",
    "66.0 MB of 66.0 MB, 6.0 MB/s",
  ]);
});

test("without a total there is no time left to tell", () => {
  expect(
    describeAll([
      [0, 0, undefined],
      [2000, 4e6, undefined],
    ]),
  ).toEqual(["0 B", "4.0 MB, 2.0 MB/s"]);
});

test("the last five seconds count, not the whole transfer", () => {
  const steps = [
    ...Array.from({ length: 11 }, (_, second) => [second * 1000, second * 10e6, 200e6] as const),
    ...[11, 12, 13, 14, 15].map((second) => [second * 1000, 100e6 + (second - 10) * 1e6, 200e6] as const),
  ];
  expect(describeAll(steps).at(-1)).toBe("105 MB of 200 MB, 1.0 MB/s, 1 min 35 s left");
});

test("another attempt starts over", () => {
  expect(
    describeAll([
      [0, 0, 10e6],
      [1000, 8e6, 10e6],
      [2000, 1e6, 10e6],
      [3000, 2e6, 10e6],
    ]),
  ).toEqual([
    "0 B of 10.0 MB",
    "8.0 MB of 10.0 MB, 8.0 MB/s, 1.0 s left",
    "1.0 MB of 10.0 MB",
    "2.0 MB of 10.0 MB, 1.0 MB/s, 8.0 s left",
  ]);
});
