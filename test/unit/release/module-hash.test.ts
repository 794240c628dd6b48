import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { ProvisionError } from "../../../src/errors/provision-error.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { computeModuleHash, moduleFileName, treePathOfModuleFile } from "../../../src/release/module-hash.ts";
import { parseSha256, type Sha256 } from "../../../src/release/sha256.ts";
import { thrownBy } from "../thrown-by.ts";

const version = "go1.26.8" as GoVersion;
const prefix = "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64/";

function digest(content: string | Uint8Array): Sha256 {
  const sha256 = parseSha256(createHash("sha256").update(content).digest("hex"));
  if (sha256 === undefined) throw new Error("no digest");
  return sha256;
}

test("the hash of a go.mod alone is the one that go.sum has for every toolchain", () => {
  // The checksum database hashes a .mod file as a module of one file, named go.mod.
  expect(computeModuleHash([{ name: "go.mod", sha256: digest("module golang.org/toolchain\n") }])).toBe(
    "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=",
  );
});

test("names are sorted by their bytes, whatever order they come in", () => {
  const names = ["a/b", "a-b", "a", "Z", "\u{1f600}", "\ufb01"];
  const files = names.map((name) => ({ name, sha256: digest(name) }));
  const lines = ["Z", "a", "a-b", "a/b", "\ufb01", "\u{1f600}"].map((name) => `${digest(name)}  ${name}\n`);
  const expected = `h1:${createHash("sha256").update(lines.join("")).digest("base64")}`;
  expect([computeModuleHash(files), computeModuleHash(files.toReversed())]).toEqual([expected, expected]);
});

test("a name that comes twice, or holds a newline, has no hash", () => {
  const sha256 = digest("");
  const twice = thrownBy(
    () =>
      computeModuleHash([
        { name: "a", sha256 },
        { name: "b", sha256 },
        { name: "a", sha256 },
      ]),
    ProvisionError,
  );
  const newline = thrownBy(() => computeModuleHash([{ name: `a\n${sha256}  b`, sha256 }]), ProvisionError);
  expect([twice.code, newline.code]).toEqual(["tree-wrong", "tree-wrong"]);
  // What verify has to tell of a tree with such a file, which is all that it can say of it.
  expect(newline.message).toContain(JSON.stringify(`a\n${sha256}  b`));
});

test.each([
  ["VERSION", "VERSION"],
  ["src/go.mod", "src/_go.mod"],
  ["src/cmd/go.mod", "src/cmd/_go.mod"],
  ["go.mod", "_go.mod"],
  ["src/_go.mod", "src/__go.mod"],
  ["src/ago.mod", "src/ago.mod"],
  ["src/go.mod.txt", "src/go.mod.txt"],
  ["src/test/x.go", "src/test/x.go"],
  ["test", "test"],
  ["docs/x", "docs/x"],
])("the tree's %s is the module's %s", (treePath, name) => {
  expect(moduleFileName(version, "amd64", treePath)).toBe(prefix + name);
  expect(treePathOfModuleFile(version, "amd64", prefix + name)).toBe(treePath);
});

test("four folders are not in the module, and what is there has no place in a tree", () => {
  const paths = ["api/go1.txt", "doc/x", "misc/go.mod", "test/a/b.go"];
  expect(paths.map((path) => moduleFileName(version, "amd64", path))).toEqual(Array(4).fill(undefined));
  expect(paths.map((path) => treePathOfModuleFile(version, "amd64", prefix + path))).toEqual(Array(4).fill(undefined));
});

test.each([
  "",
  prefix,
  `${prefix}src/go.mod`,
  "golang.org/toolchain@v0.0.1-go1.26.8.linux-arm64/VERSION",
  "golang.org/toolchain@v0.0.1-go1.26.80.linux-amd64/VERSION",
  "VERSION",
])("%j is no file of this module", (name) => {
  expect(treePathOfModuleFile(version, "amd64", name)).toBeUndefined();
});

test("there and back again is the same path", () => {
  const part = fc.constantFrom("src", "go.mod", "_go.mod", "__go.mod", "test", "bin", "x.go", "api");
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const name = moduleFileName(version, "arm64", parts.join("/"));
      if (name !== undefined) expect(treePathOfModuleFile(version, "arm64", name)).toBe(parts.join("/"));
    }),
  );
});
