import { expect, test } from "vitest";
import { describeOrigin } from "../../../src/environment/describe-origin.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";

test.each([
  ["/home/a", "/home/a/.bashrc", 12, "~/.bashrc:12"],
  ["/home/a", "/home/a/.bashrc", null, "~/.bashrc"],
  ["/home/a", "/home/ab/.bashrc", 1, "/home/ab/.bashrc:1"],
  ["/home/a", "/etc/profile.d/x.sh", 3, "/etc/profile.d/x.sh:3"],
  ["/", "/.profile", 3, "/.profile:3"],
])("for the home %s: %s, %s is %s", (home, file, line, text) => {
  expect(describeOrigin({ kind: "line", file: absolutePath(file), line }, absolutePath(home))).toBe(text);
});

test("what has no file has no text", () => {
  expect(describeOrigin({ kind: "start" }, absolutePath("/root"))).toBeUndefined();
  expect(describeOrigin({ kind: "unknown", why: "?" }, absolutePath("/root"))).toBeUndefined();
});
