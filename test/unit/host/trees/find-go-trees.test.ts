import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { absolutePath } from "../../../../src/host/absolute-path.ts";
import { findGoTree, homeGoPlaces, listGoPlaces, systemGoPlaces } from "../../../../src/host/trees/find-go-trees.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-find-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function putTree(path: string): void {
  mkdirSync(join(root, path, "bin"), { recursive: true });
  for (const name of ["VERSION", "bin/go"]) writeFileSync(join(root, path, name), "");
}

function findTrees(image: string, base: string, patterns: readonly string[]): readonly string[] {
  const found = patterns
    .flatMap((pattern) => listGoPlaces(image, { base: absolutePath(base), pattern, mostEntries: 1000 }).paths)
    .flatMap((path) => findGoTree(image, path) ?? []);
  return [...new Set(found)].toSorted();
}

test("a host's trees are found wherever people, packages and images put them", () => {
  const trees = [
    "/opt/go",
    "/opt/hostedtoolcache/go/1.27.4/x64",
    "/snap/go/10907",
    "/usr/lib/go-1.22",
    "/usr/local/.readygo/previous/original",
    "/usr/local/go",
    "/usr/local/go1.20",
  ];
  trees.forEach(putTree);
  symlinkSync("10907", join(root, "/snap/go/current"));
  putTree("/usr/local/.readygo/previous/go1.27.3");
  mkdirSync(join(root, "/usr/local/gogs/bin"), { recursive: true });
  expect(findTrees(root, "/", systemGoPlaces)).toEqual(trees);
});

test("a home's trees are found, each once however many links lead to it", () => {
  const trees = [
    "/home/ann/.asdf/installs/golang/1.26.0/go",
    "/home/ann/.goenv/versions/1.25.0",
    "/home/ann/.local/share/mise/installs/go/1.27.4",
    "/home/ann/sdk/go1.21.0",
  ];
  trees.forEach(putTree);
  symlinkSync("1.27.4", join(root, "/home/ann/.local/share/mise/installs/go/latest"));
  symlinkSync("sdk/go1.21.0", join(root, "/home/ann/go"));
  expect(findTrees(root, "/home/ann", homeGoPlaces)).toEqual(trees);
});

test("links inside an image lead nowhere outside it", () => {
  putTree("/outside/go");
  mkdirSync(join(root, "image/opt"), { recursive: true });
  symlinkSync(join(root, "outside/go"), join(root, "image/opt/go"));
  expect(findTrees(join(root, "image"), "/", systemGoPlaces)).toEqual([]);
});

test("of a directory with more names than may be looked at the rest is not, and that is said", () => {
  for (let at = 0; at < 50; at += 1) mkdirSync(join(root, `opt/other${at}`), { recursive: true });
  mkdirSync(join(root, "opt/go"));
  const look = (mostEntries: number) =>
    listGoPlaces(root, { base: absolutePath("/"), pattern: "/opt/go*", mostEntries });
  expect(look(20)).toMatchObject({ entries: 20, cutAt: "/opt" });
  expect(look(51)).toEqual({ paths: ["/opt/go"], entries: 51, cutAt: null });
  expect(listGoPlaces(root, { base: absolutePath("/"), pattern: "/snap/go/*", mostEntries: 9 })).toEqual({
    paths: [],
    entries: 0,
    cutAt: null,
  });
});
