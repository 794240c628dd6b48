import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { findGoTrees, homeGoPlaces, systemGoPlaces } from "../../../src/host/find-go-trees.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-find-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function putTree(path: string): void {
  mkdirSync(join(root, path, "bin"), { recursive: true });
  for (const name of ["VERSION", "bin/go"]) writeFileSync(join(root, path, name), "");
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
  expect(findGoTrees(createRealFiles(root), absolutePath("/"), systemGoPlaces)).toEqual(trees);
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
  expect(findGoTrees(createRealFiles(root), absolutePath("/home/ann"), homeGoPlaces)).toEqual(trees);
});

test("links inside an image lead nowhere outside it", () => {
  putTree("/outside/go");
  mkdirSync(join(root, "image/opt"), { recursive: true });
  symlinkSync(join(root, "outside/go"), join(root, "image/opt/go"));
  expect(findGoTrees(createRealFiles(join(root, "image")), absolutePath("/"), systemGoPlaces)).toEqual([]);
});
