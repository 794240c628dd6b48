import { expect, test } from "vitest";
import { describeTracedOrigin } from "../../../../src/environment/trace/describe-traced-origin.ts";
import { absolutePath } from "../../../../src/host/absolute-path.ts";

const file = absolutePath("/home/a/.bashrc");

test("names file and line, or the file alone", () => {
  expect(describeTracedOrigin({ kind: "line", file, line: 12 })).toBe("/home/a/.bashrc:12");
  expect(describeTracedOrigin({ kind: "line", file, line: null })).toBe("/home/a/.bashrc");
});

test("what has no file has no text", () => {
  expect(describeTracedOrigin({ kind: "start" })).toBeUndefined();
  expect(describeTracedOrigin({ kind: "unknown", why: "?" })).toBeUndefined();
});
