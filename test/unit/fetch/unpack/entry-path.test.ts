import * as fc from "fast-check";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { parseEntryPath } from "../../../../src/fetch/unpack/entry-path.ts";
import { releaseBounds } from "../../../../src/release/archive-bounds.ts";

const parse = (name: string): string => parseEntryPath(name, "go/", releaseBounds);

test("the archive's top folder is taken off", () => {
  expect(["go", "go/", "go/VERSION", "go/src/", "go/src/.hidden", "go/a..b/..c"].map(parse)).toEqual([
    "",
    "",
    "VERSION",
    "src",
    "src/.hidden",
    "a..b/..c",
  ]);
});

test.each([
  "/go/VERSION",
  "go/../etc/passwd",
  "../go/x",
  "go/..",
  "go/src/..",
  "go/./x",
  "go//x",
  "go/x//",
  "go//",
  "gopher/x",
  "x",
  "",
  "go/a\nb",
  "go/a\0b",
  "go/a\\b",
  "go/a\ufffdb",
  `go/${"n".repeat(256)}`,
  `go/${"d/".repeat(300)}x`,
])("%j is refused", (name) => {
  expect(() => parse(name)).toThrow(expect.objectContaining({ name: "HostileArchive", entry: name }));
});

test("whatever is let through stays inside, by its normal form", () => {
  const part = fc.oneof(fc.constantFrom("..", ".", "", "go", "a", "..a", "/"), fc.string());
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const name = ["go", ...parts].join("/");
      let path: string;
      try {
        path = parse(name);
      } catch {
        return;
      }
      expect(posix.join("/root", path)).toBe(path === "" ? "/root" : `/root/${path}`);
    }),
  );
});
