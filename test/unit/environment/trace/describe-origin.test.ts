import { expect, test } from "vitest";
import { describeOrigin } from "../../../../src/environment/trace/describe-origin.ts";
import { absolutePath } from "../../../../src/host/absolute-path.ts";

const file = absolutePath("/home/a/.bashrc");

test("names file and line, or the file alone", () => {
  expect(describeOrigin({ kind: "line", file, line: 12 })).toBe("/home/a/.bashrc:12");
  expect(describeOrigin({ kind: "line", file, line: null })).toBe("/home/a/.bashrc");
});

test("what has no file has no text", () => {
  expect(describeOrigin({ kind: "start" })).toBeUndefined();
  expect(describeOrigin({ kind: "unknown", why: "?" })).toBeUndefined();
});
