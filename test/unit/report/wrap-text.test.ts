import { expect, test } from "vitest";
import { wrapText } from "../../../src/report/wrap-text.ts";

test.each([
  ["short", "short"],
  ["aaa bbb ccc ddd", "aaa bbb\n  ccc\n  ddd"],
  ["a-word-that-is-longer b", "a-word-that-is-longer\n  b"],
  ["two  spaces", "two  spaces"],
  ["  a b ccc", "  a b\n  ccc"],
  ["", ""],
])("%j in 7 columns", (text, wrapped) => {
  expect(wrapText(text, 7, "  ")).toBe(wrapped);
});
