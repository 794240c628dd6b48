import { expect, test } from "vitest";
import { listGoPackages } from "../../../../src/doctor/go/package-gos.ts";
import { parseElfMachine } from "../../../../src/doctor/go/seen-gos.ts";
import { parseToolchainPath, toTree } from "../../../../src/doctor/trees/toolchain-tree.ts";
import type { Sha256 } from "../../../../src/release/sha256.ts";

test("packages that have a go are found where they are installed", () => {
  const paragraph = (name: string, status = "install ok installed"): string =>
    `Package: ${name}\nStatus: ${status}\nVersion: 2:1.22~2\nDescription: x\n more\n`;
  const status = [
    paragraph("golang-1.22-go"),
    paragraph("golang-1.22-src"),
    paragraph("golang-1.19-go", "deinstall ok config-files"),
    paragraph("gccgo-go"),
    paragraph("golang-go"),
    paragraph("golang-google-grpc-dev"),
  ].join("\n");
  expect(listGoPackages(status).map(({ name }) => name)).toEqual(["golang-1.22-go", "gccgo-go", "golang-go"]);
  expect(listGoPackages("")).toEqual([]);
});

test("an ELF header tells its machine, in either byte order", () => {
  const header = (machine: number, order: 1 | 2): Buffer => {
    const bytes = Buffer.alloc(64);
    bytes.write("\u007fELF", "latin1");
    bytes[5] = order;
    if (order === 1) bytes.writeUInt16LE(machine, 18);
    else bytes.writeUInt16BE(machine, 18);
    return bytes;
  };
  expect([header(62, 1), header(183, 1), header(22, 2), header(9, 1)].map(parseElfMachine)).toEqual([
    "amd64",
    "arm64",
    "s390x",
    "machine 9",
  ]);
  expect(parseElfMachine(Buffer.from("#!/bin/sh\nexec something else"))).toBeUndefined();
  expect(parseElfMachine(Buffer.alloc(3))).toBeUndefined();
});

test("a toolchain's path tells its release and platform", () => {
  expect(parseToolchainPath("/home/a/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.25.3.linux-amd64")).toEqual({
    version: "go1.25.3",
    platform: "linux-amd64",
  });
  expect(parseToolchainPath("/usr/local/go")).toBeUndefined();
});

test("of a toolchain each _go.mod is a go.mod, and a copy of it is none, unless it differs", () => {
  const survey = (files: Readonly<Record<string, string>>) => ({
    version: "go1.25.3",
    architecture: "amd64" as const,
    goEnv: null,
    scan: {
      files: Object.entries(files).map(([path, digit]) => ({
        path,
        mode: 0o444,
        size: 1,
        sha256: digit.repeat(64) as Sha256,
      })),
      directories: [],
      oddities: [],
    },
    crc32: Object.values(files).map(Number),
  });
  const tree = (files: Readonly<Record<string, string>>): readonly (readonly [string, number])[] => {
    const { scan, crc32 } = toTree(survey(files));
    return scan.files.map(({ path }, at) => [path, crc32[at] ?? -1] as const);
  };
  expect(tree({ "src/_go.mod": "1", "src/cmd/_go.mod": "2", "src/cmd/go.mod": "2", "src/a.go": "3" })).toEqual([
    ["src/go.mod", 1],
    ["src/cmd/go.mod", 2],
    ["src/a.go", 3],
  ]);
  expect(tree({ "src/_go.mod": "1", "src/go.mod": "4" })).toEqual([
    ["src/_go.mod", 1],
    ["src/go.mod", 4],
  ]);
});
