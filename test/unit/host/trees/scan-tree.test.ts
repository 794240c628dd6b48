import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scanTree } from "../../../../src/host/trees/scan-tree.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-scan-"));
  chmodSync(root, 0o755);
  mkdirSync(join(root, "src"), { mode: 0o755 });
  writeFileSync(join(root, "src/b.go"), "package b", { mode: 0o644 });
  writeFileSync(join(root, "go"), "#!", { mode: 0o755 });
});

afterEach(() => rmSync(root, { recursive: true }));

function sha256Of(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

test("files and directories are listed with mode, size and digest, sorted", () => {
  const big = Buffer.alloc((1 << 20) + 1, "x");
  writeFileSync(join(root, "src/Big"), big, { mode: 0o600 });
  writeFileSync(join(root, "src/exact"), big.subarray(1), { mode: 0o644 });
  expect(scanTree(root, { hash: true })).toEqual({
    directories: ["src"],
    files: [
      { path: "go", mode: 0o755, size: 2, sha256: sha256Of("#!") },
      { path: "src/Big", mode: 0o600, size: big.length, sha256: sha256Of(big) },
      { path: "src/b.go", mode: 0o644, size: 9, sha256: sha256Of("package b") },
      { path: "src/exact", mode: 0o644, size: 1 << 20, sha256: sha256Of(big.subarray(1)) },
    ],
    oddities: [],
  });
});

test("without hashing no content is read", () => {
  expect(scanTree(root, { hash: false }).files).toEqual([
    { path: "go", mode: 0o755, size: 2, sha256: undefined },
    { path: "src/b.go", mode: 0o644, size: 9, sha256: undefined },
  ]);
});

test("links, pipes, strangers and open directories are oddities, and no link is followed", () => {
  symlinkSync("/etc", join(root, "etc"));
  symlinkSync("go", join(root, "src/link.go"));
  execFileSync("mkfifo", [join(root, "pipe")]);
  mkdirSync(join(root, "open"));
  chmodSync(join(root, "open"), 0o777);
  chownSync(join(root, "go"), 65534, 65534);
  chownSync(root, 65534, 0);
  const scan = scanTree(root, { hash: true });
  expect(scan.oddities).toEqual([
    { path: ".", what: "owner" },
    { path: "etc", what: "kind" },
    { path: "go", what: "owner" },
    { path: "open", what: "mode" },
    { path: "pipe", what: "kind" },
    { path: "src/link.go", what: "kind" },
  ]);
  expect(scan.directories).toEqual(["open", "src"]);
  expect(scan.files.map(({ path }) => path)).toEqual(["go", "src/b.go"]);
});

test("a name that is no UTF-8 is an oddity", () => {
  writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), "");
  expect(scanTree(root, { hash: true }).oddities).toEqual([{ path: "bad\ufffd", what: "kind" }]);
});

test("a root that is absent or a link is the one oddity", () => {
  symlinkSync(root, join(root, "link"));
  const nothing = { files: [], directories: [], oddities: [{ path: ".", what: "kind" }] };
  expect(scanTree(join(root, "link"), { hash: true })).toEqual(nothing);
  expect(scanTree(join(root, "absent"), { hash: true })).toEqual(nothing);
});
