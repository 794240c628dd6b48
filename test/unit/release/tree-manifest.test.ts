import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Sha256 } from "../../../src/release/sha256.ts";
import {
  compareTree,
  formatTreeManifest,
  parseTreeManifest,
  sortByPathBytes,
  type TreeManifest,
  type TreeScan,
} from "../../../src/release/tree-manifest.ts";

const digest = (digit: string): Sha256 => digit.repeat(64) as Sha256;

const manifest: TreeManifest = {
  directories: ["bin", "src", "src/a b"],
  files: [
    { path: "VERSION", mode: 0o644, size: 35, sha256: digest("1") },
    { path: "bin/go", mode: 0o755, size: 14, sha256: digest("2") },
    { path: "src/a b/Þfoo.go", mode: 0o644, size: 0, sha256: digest("3") },
  ],
};

const onDisk: TreeScan = { ...manifest, oddities: [] };

test("the text has a line for each directory and file", () => {
  expect(formatTreeManifest(manifest)).toBe(
    `readygo tree.manifest 1
directory 0755 - bin
directory 0755 - src
directory 0755 - src/a b
${digest("1")} 0644 35 VERSION
${digest("2")} 0755 14 bin/go
${digest("3")} 0644 0 src/a b/Þfoo.go
`,
  );
});

test("a manifest is read back as it was written", () => {
  const path = fc.stringMatching(/^[^\n\0]+$/);
  const file = fc.record({
    path,
    mode: fc.constantFrom(0o644, 0o755),
    size: fc.nat(),
    sha256: fc.constantFrom(digest("a"), digest("0")),
  });
  fc.assert(
    fc.property(fc.array(path), fc.array(file), (directories, files) => {
      expect(parseTreeManifest(formatTreeManifest({ directories, files }))).toEqual({ directories, files });
    }),
  );
});

test("no part of a manifest is taken for the whole of one", () => {
  const text = formatTreeManifest(manifest);
  expect(parseTreeManifest(text.slice(0, -1))).toBeUndefined();
  expect(parseTreeManifest(text.slice(0, -10))).toBeUndefined();
  expect(parseTreeManifest(text.replace("manifest 1", "manifest 2"))).toBeUndefined();
  expect(parseTreeManifest(text.replace("0644 35", "0644 -"))).toBeUndefined();
  expect(parseTreeManifest(`${text}junk\n`)).toBeUndefined();
  expect(parseTreeManifest("")).toBeUndefined();
});

test("paths are sorted by their bytes, also where UTF-16 has another order", () => {
  const paths = ["\u{1f600}", "\uff5e", "b", "a/b", "a.b", "a"];
  expect(sortByPathBytes(paths, (path) => path)).toEqual(["a", "a.b", "a/b", "b", "\uff5e", "\u{1f600}"]);
});

test("a whole tree does not differ, whether or not its contents were read", () => {
  const unread: TreeScan = { ...onDisk, files: onDisk.files.map((file) => ({ ...file, sha256: undefined })) };
  const none = { missing: [], added: [], changed: [] };
  expect(compareTree(manifest, onDisk)).toEqual(none);
  expect(compareTree(manifest, unread)).toEqual(none);
});

test("every kind of difference is named, each once", () => {
  const [version, go] = manifest.files;
  if (version === undefined || go === undefined) throw new Error("the manifest has files");
  const scan: TreeScan = {
    directories: ["bin", "extra", "src"],
    files: [
      { ...version, sha256: digest("f") },
      { ...go, mode: 0o644, size: 15, sha256: digest("e") },
      { path: "extra/file", mode: 0o644, size: 1, sha256: digest("d") },
    ],
    oddities: [
      { path: ".", what: "owner" },
      { path: "bin", what: "mode" },
      { path: "extra", what: "owner" },
      { path: "link", what: "kind" },
    ],
  };
  expect(compareTree(manifest, scan)).toEqual({
    missing: ["src/a b", "src/a b/Þfoo.go"],
    added: ["extra", "extra/file", "link"],
    changed: [
      { path: ".", what: "owner" },
      { path: "VERSION", what: "content" },
      { path: "bin", what: "mode" },
      { path: "bin/go", what: "mode" },
      { path: "bin/go", what: "size" },
    ],
  });
});

test("a file where a directory should be, the reverse, and a link in either's place are kinds", () => {
  const [version] = manifest.files;
  if (version === undefined) throw new Error("the manifest has files");
  const scan: TreeScan = {
    directories: ["VERSION", "src"],
    files: [{ ...version, path: "bin" }],
    oddities: [{ path: "src/a b", what: "kind" }],
  };
  expect(compareTree(manifest, scan)).toEqual({
    missing: ["bin/go", "src/a b/Þfoo.go"],
    added: [],
    changed: [
      { path: "VERSION", what: "kind" },
      { path: "bin", what: "kind" },
      { path: "src/a b", what: "kind" },
    ],
  });
});
