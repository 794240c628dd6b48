import { expect, test } from "vitest";
import { nameSome } from "../../../../src/errors/name-some.ts";
import { sortDifferences } from "../../../../src/doctor/go/tree-differences.ts";
import type { Sha256 } from "../../../../src/release/sha256.ts";
import type { TreeDifference, TreeManifest } from "../../../../src/release/tree-manifest.ts";

const file = (path: string) => ({ path, mode: 0o644, size: 1, sha256: "0".repeat(64) as Sha256 });
const manifest: TreeManifest = {
  files: ["VERSION", "bin/go", "src/fmt/print.go", "src/fmt/scan.go", "test/a.go"].map(file),
  directories: ["bin", "src", "src/fmt", "test"],
};

function sort(difference: Partial<TreeDifference>, isOther = false) {
  return sortDifferences({ missing: [], added: [], changed: [], ...difference }, manifest, isOther);
}

test("a directory that is gone stands for what was in it, and its files are counted", () => {
  const { missing, missingFiles } = sort({ missing: ["src/fmt", "src/fmt/print.go", "src/fmt/scan.go"] });
  expect([missing, missingFiles]).toEqual([["src/fmt"], 2]);
});

test("content is told from modes and owners", () => {
  const { changed, modes } = sort({
    changed: [
      { path: "bin/go", what: "content" },
      { path: "bin/go", what: "mode" },
      { path: ".", what: "owner" },
    ],
  });
  expect([changed, modes]).toEqual([["bin/go (content)"], ["bin/go (mode)", ". (owner)"]]);
});

test("a program in bin is a tool, a project is an addition, and a file among a package's own is another release's", () => {
  const added = ["bin/gopls", "src/example.com", "src/example.com/mine.go", "pkg/mod", "pkg/mod/x"];
  expect(sort({ added })).toMatchObject({
    tools: ["bin/gopls"],
    foreign: [],
    additions: ["src/example.com", "pkg/mod"],
  });
  expect(sort({ added: ["src/fmt/old.go", "src/fmt/notes.txt", ...added] })).toMatchObject({
    foreign: ["src/fmt/old.go"],
    tools: ["bin/gopls"],
    additions: ["src/example.com", "pkg/mod"],
  });
});

test("where VERSION names another release, what is not plainly somebody's came with that", () => {
  const added = ["bin/gopls", "notes", "src/weak2", "src/weak2/a.go", "test/b.go"];
  expect(sort({ added }, true)).toMatchObject({
    foreign: ["src/weak2", "test/b.go"],
    tools: ["bin/gopls"],
    additions: ["notes"],
  });
});

test("names are listed up to five", () => {
  expect(nameSome(["a", "b"])).toBe("a, b");
  expect(nameSome(["a", "b", "c", "d", "e", "f", "g"])).toBe("a, b, c, d, e and 2 more");
});
