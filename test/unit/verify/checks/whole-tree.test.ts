import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import type { TreeManifest } from "../../../../src/release/tree-manifest.ts";
import { wholeTree } from "../../../../src/verify/checks/whole-tree.ts";
import { isRoot, makeContext, makeDirectory, manifestOf, place, wantedVersion } from "../check-host.ts";

const names = [
  "VERSION",
  "bin/go",
  "src/fmt/print.go",
  "src/os/file.go",
  "src/io/io.go",
  "src/net/net.go",
  "src/time/time.go",
];

/** A host with a small tree at /usr/local/go, and its manifest. */
function makeHost(): { readonly root: string; readonly tree: string; readonly manifest: TreeManifest } {
  const root = makeDirectory();
  const tree = `${root}/usr/local/go`;
  place(tree, Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  return { root, tree, manifest: manifestOf(tree) };
}

const judge = (root: string, manifest: TreeManifest | undefined) =>
  wholeTree.run(makeContext({ files: createRealFiles(root), version: wantedVersion, manifest }));

const repair = "readygo install go1.27.4 --repair";

test.runIf(isRoot)("counts the files of a whole tree", async () => {
  const { root, manifest } = makeHost();
  expect(await judge(root, manifest)).toEqual({ status: "pass", evidence: "7 files", remedy: null });
});

test.runIf(isRoot)("names what was changed, is missing or was added", async () => {
  const { root, tree, manifest } = makeHost();
  place(tree, { "src/fmt/print.go": "src/fmt/PRINT.go\n", "src/fmt/extra.go": "package fmt\n" });
  chmodSync(`${tree}/bin/go`, 0o777);
  rmSync(`${tree}/src/os/file.go`);
  expect(await judge(root, manifest)).toEqual({
    status: "fail",
    evidence:
      "4 differences: bin/go (mode), src/fmt/print.go (content), src/os/file.go (missing), src/fmt/extra.go (added)",
    remedy: repair,
    differences: [
      "bin/go (mode)",
      "src/fmt/print.go (content)",
      "src/os/file.go (missing)",
      "src/fmt/extra.go (added)",
    ],
  });
});

test.runIf(isRoot)("names five of many differences in the line, and lists all", async () => {
  const { root, tree, manifest } = makeHost();
  for (const name of names) rmSync(`${tree}/${name}`);
  expect(await judge(root, manifest)).toEqual({
    status: "fail",
    evidence:
      "7 differences: VERSION (missing), bin/go (missing), src/fmt/print.go (missing), src/io/io.go (missing), src/net/net.go (missing) and 2 more",
    remedy: repair,
    differences: names.toSorted().map((name) => `${name} (missing)`),
  });
});

test.runIf(isRoot)("sees an owner who is not root", async () => {
  const { root, tree, manifest } = makeHost();
  chownSync(`${tree}/bin/go`, 1234, 1234);
  expect(await judge(root, manifest)).toEqual({
    status: "fail",
    evidence: "1 difference: bin/go (owner)",
    remedy: repair,
    differences: ["bin/go (owner)"],
  });
});

test("a tree without a manifest is not proven", async () => {
  const { root } = makeHost();
  expect(await judge(root, undefined)).toEqual({
    status: "warn",
    evidence: "there is no manifest to hold the tree against: readygo did not install it",
    remedy: "readygo install go1.27.4",
  });
});

test("no tree, and a link to one, are no tree of readygo's", async () => {
  const root = makeDirectory();
  const manifest: TreeManifest = { files: [], directories: [] };
  expect(await judge(root, manifest)).toEqual({
    status: "fail",
    evidence: "/usr/local/go is not there",
    remedy: "readygo install go1.27.4",
  });
  mkdirSync(`${root}/usr/local`, { recursive: true });
  symlinkSync("/opt/go", `${root}/usr/local/go`);
  expect(await judge(root, manifest)).toEqual({
    status: "fail",
    evidence: "/usr/local/go is no directory but a link",
    remedy: "readygo install go1.27.4",
  });
});
