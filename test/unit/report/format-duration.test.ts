import { expect, test } from "vitest";
import { formatDuration } from "../../../src/report/format-duration.ts";

test.each([
  [0, "0 ms"],
  [340.4, "340 ms"],
  [999.6, "1.0 s"],
  [3210, "3.2 s"],
  [9949, "9.9 s"],
  [9951, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min 00 s"],
  [125_000, "2 min 05 s"],
  [3_599_499, "59 min 59 s"],
  [3_720_000, "1 h 02 min"],
])("%d ms", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
