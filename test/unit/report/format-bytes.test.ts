import { expect, test } from "vitest";
import { formatBytes } from "../../../src/report/format-bytes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [99_949, "99.9 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [66_854_321, "66.9 MB"],
  [215_000_000, "215 MB"],
  [2_500_000_000, "2.5 GB"],
  [7e15, "7000 TB"],
])("%d", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
