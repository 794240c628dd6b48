import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { surveyGoTree } from "../../../../src/host/trees/go-tree-survey.ts";
import { HomeRefusal } from "../../../../src/host/home/home-refusal.ts";
import { BeyondBounds, createTreeMeter, mostOfTree } from "../../../../src/host/trees/tree-bounds.ts";
import { thrownBy } from "../../thrown-by.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-survey-"));
  mkdirSync(join(root, "bin"));
  mkdirSync(join(root, "src"));
  const elf = Buffer.alloc(64);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(62, 18);
  writeFileSync(join(root, "bin/go"), elf);
  writeFileSync(join(root, "VERSION"), "go1.26.8\ntime 2026\n");
  writeFileSync(join(root, "go.env"), "GOTOOLCHAIN=auto\n");
});
afterEach(() => rmSync(root, { recursive: true }));

/** The excess that ends a survey. */
function excessOf(allowed = mostOfTree): unknown {
  return thrownBy(() => surveyGoTree(root, createTreeMeter(allowed)), BeyondBounds).excess;
}

test("a tree comes with the sums of its files, and what it took is counted", () => {
  const big = Buffer.alloc((1 << 20) + 5, "x");
  writeFileSync(join(root, "src/big.go"), big);
  writeFileSync(join(root, "src/empty.go"), "");
  symlinkSync("big.go", join(root, "src/link.go"));
  const meter = createTreeMeter(mostOfTree);
  const survey = surveyGoTree(root, meter);
  expect(survey).toMatchObject({ version: "go1.26.8", architecture: "amd64", goEnv: "GOTOOLCHAIN=auto\n" });
  const sums = new Map(survey.scan.files.map(({ path }, at) => [path, survey.crc32[at]]));
  expect([sums.get("src/big.go"), sums.get("src/empty.go")]).toEqual([crc32(big), 0]);
  expect(survey.scan.oddities).toEqual([{ path: "src/link.go", what: "kind" }]);
  expect(meter.used).toEqual({ entries: 8, bytes: 64 + 19 + 17 + big.length });
});

test("a sparse file counts by its size, before it is read", () => {
  writeFileSync(join(root, "src/sparse"), "");
  truncateSync(join(root, "src/sparse"), 2 ** 40);
  expect(excessOf()).toEqual({ of: "file", path: "src/sparse", size: 2 ** 40 });
});

test("each name of a file counts, and all files together do", () => {
  writeFileSync(join(root, "src/big"), "");
  truncateSync(join(root, "src/big"), 200 * 1024);
  for (let at = 0; at < 5; at += 1) linkSync(join(root, "src/big"), join(root, `src/big${at}`));
  const bytes = 1024 * 1024;
  expect(mostOfTree.bytes).toBeLessThan(6 * 200 * bytes);
  expect(excessOf({ ...mostOfTree, bytes })).toEqual({ of: "bytes", path: null, size: null });
});

test("what remains of a run's allowance bounds it as well", () => {
  expect(excessOf({ entries: 4, bytes: 10_000 })).toMatchObject({ of: "entries" });
  expect(excessOf({ entries: 400, bytes: 99 })).toMatchObject({ of: "bytes" });
});

test("paths that are too long for a release end it, and so do names that are too long together", () => {
  const deep = Array.from({ length: 3 }, () => "d".repeat(200)).join("/");
  mkdirSync(join(root, deep), { recursive: true });
  expect(excessOf()).toMatchObject({ of: "path" });
  rmSync(join(root, "d".repeat(200)), { recursive: true });
  // Each of these characters is six in JSON.
  const name = (at: number) => `${"\u0001".repeat(200)}${at}`;
  for (let at = 0; at < 4000; at += 1) writeFileSync(join(root, "src", name(at)), "");
  expect(excessOf()).toMatchObject({ of: "names" });
});

test("a file that grows, and one that goes, while the tree is read is reported as a change by somebody else", () => {
  const { observer, ...meter } = createTreeMeter(mostOfTree);
  const meddling = (meddle: (path: string) => void) => ({
    ...meter,
    observer: { ...observer, onFile: (path: string, size: number) => (observer.onFile(path, size), meddle(path)) },
  });
  const grow = meddling((path) => path === "VERSION" && appendFileSync(join(root, path), "more\n"));
  expect(thrownBy(() => surveyGoTree(root, grow), HomeRefusal)).toMatchObject({
    kind: "changed",
    message: "somebody else is changing it (VERSION grows)",
  });
  writeFileSync(join(root, "src/z.go"), "");
  writeFileSync(join(root, "src/a.go"), "");
  // In which order a directory is listed is its file system's.
  const remove = meddling(
    (path) => path.startsWith("src/") && rmSync(join(root, path === "src/a.go" ? "src/z.go" : "src/a.go")),
  );
  expect(thrownBy(() => surveyGoTree(root, remove), HomeRefusal)).toMatchObject({
    kind: "changed",
    message: expect.stringMatching(/^somebody else is changing it \(src\/[az]\.go has gone\)$/),
  });
});

test("VERSION and go.env that are no plain files are not read", () => {
  rmSync(join(root, "VERSION"));
  rmSync(join(root, "go.env"));
  symlinkSync("/etc/hostname", join(root, "VERSION"));
  execFileSync("mkfifo", [join(root, "go.env")]);
  expect(surveyGoTree(root, createTreeMeter(mostOfTree))).toMatchObject({ version: "", goEnv: null });
});
