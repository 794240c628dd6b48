import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { hashTreeAsModule } from "../../../src/release/module-hash.ts";
import { compareWithModule, judgePublicTree, onlyInModule } from "../../../src/trust/compare-public-tree.ts";
import { hashBytes } from "../../../src/release/sha256.ts";
import type { TreeScan } from "../../../src/release/tree-manifest.ts";

type Contents = Readonly<Record<string, string>>;

const release = { version: "go1.27.4" as GoVersion, architecture: "amd64" as const };
const goEnv = "# defaults\nGOPROXY=https://modules.example,direct\nGOTOOLCHAIN=auto\n";
const files: Contents = { VERSION: "go1.27.4\n", "go.env": goEnv, "bin/go": "ELF", "src/go.mod": "module std\n" };

function scanOf(contents: Contents, oddities: TreeScan["oddities"] = []): TreeScan {
  return {
    files: Object.entries(contents).map(([path, text]) => ({
      path,
      mode: 0o644,
      size: text.length,
      sha256: hashBytes(Buffer.from(text)),
    })),
    directories: [],
    oddities,
  };
}

const h1Of = (contents: Contents): string =>
  hashTreeAsModule(
    release,
    scanOf(contents).files.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [{ path, sha256 }])),
  );

const judge = (contents: Contents, oddities: TreeScan["oddities"] = []) =>
  judgePublicTree({ ...release, scan: scanOf(contents, oddities), goEnv: contents["go.env"] }, { h1: h1Of(files) });

test("a tree with the module's files is public, whatever is in the folders that the module lacks", () => {
  expect(judge(files)).toEqual({ kind: "public", h1: h1Of(files) });
  expect(judge({ ...files, "doc/x": "x", "test/a/b.go": "x", "api/go1.txt": "x", "misc/y": "y" }).kind).toBe("public");
});

test.each<[string, Contents]>([
  ["a byte changed", { ...files, "bin/go": "ELG" }],
  ["a file added", { ...files, "src/extra.go": "x" }],
  ["a file removed", { VERSION: "go1.27.4\n", "go.env": goEnv, "bin/go": "ELF" }],
  ["its go.mod never renamed", { ...files, "src/_go.mod": "module std\n" }],
  ["folders that are only like those", { ...files, "docs/x": "x" }],
])("with %s it is not", (_, contents) => {
  expect(judge(contents)).toEqual({ kind: "different", h1: h1Of(contents) });
});

test("with a link or a device in it it is not, though a hash over files does not see them", () => {
  expect(judge(files, [{ path: "src/evil.go", what: "kind" }]).kind).toBe("different");
  expect(judge(files, [{ path: "test", what: "kind" }]).kind).toBe("public");
  expect(judge(files, [{ path: "src", what: "owner" }]).kind).toBe("public");
});

test.each([
  ["local-toolchain", goEnv.replace("auto", "local")],
  ["different", goEnv.replace("auto", "local").replace("modules.example", "proxy.example")],
  ["different", goEnv.replace("auto", "path")],
  ["different", goEnv.replace("=auto", "=local+auto")],
  ["different", `${goEnv}GOTOOLCHAIN=local\n`],
])("a go.env that was edited: %s (%j)", (kind, text) => {
  expect(judge({ ...files, "go.env": text }).kind).toBe(kind);
});

test("a distribution's go.env beside another difference is just that", () => {
  expect(judge({ ...files, "go.env": goEnv.replace("auto", "local"), "bin/go": "x" }).kind).toBe("different");
});

test("the zip's directory names what differs", () => {
  const entries = Object.entries(files).map(([path, text]) => ({ path, size: text.length, crc32: crc32(text) }));
  const disk: Contents = {
    VERSION: "go1.27.5\n",
    "go.env": `${goEnv}#`,
    "src/extra.go": "x",
    "src/go.mod": "module std\n",
    "test/x.go": "x",
  };
  const scan = scanOf(disk, [
    { path: "bin/go", what: "kind" },
    { path: "src/pipe", what: "kind" },
    { path: "doc/link", what: "kind" },
  ]);
  expect(
    compareWithModule(scan, [...entries, { path: "src/gone.go", size: 1, crc32: 1 }], (path) =>
      crc32(disk[path] ?? ""),
    ),
  ).toEqual({
    missing: ["src/gone.go"],
    added: ["src/extra.go", "src/pipe"],
    changed: [
      { path: "VERSION", what: "content" },
      { path: "bin/go", what: "kind" },
      { path: "go.env", what: "size" },
    ],
  });
});

test("a file with the name of a folder that the module lacks differs, and is named", () => {
  const disk: Contents = { ...files, doc: "x" };
  expect(judge(disk).kind).toBe("different");
  const entries = Object.entries(files).map(([path, text]) => ({ path, size: text.length, crc32: crc32(text) }));
  const found = compareWithModule(scanOf(disk), entries, (path) => crc32(disk[path] ?? ""));
  expect(found).toEqual({ missing: [], added: ["doc"], changed: [] });
});

test("of a manifest's differences, those that the module has no say in are left to the manifest", () => {
  expect(
    onlyInModule({
      missing: ["doc/x", "src/a"],
      added: ["test/b", "b"],
      changed: [
        { path: "bin/go", what: "mode" },
        { path: "bin/go", what: "owner" },
        { path: "bin/go", what: "content" },
        { path: "misc", what: "kind" },
      ],
    }),
  ).toEqual({ missing: ["src/a"], added: ["b"], changed: [{ path: "bin/go", what: "content" }] });
});
