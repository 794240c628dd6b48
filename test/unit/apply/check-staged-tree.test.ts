import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkStagedTree } from "../../../src/apply/check-staged-tree.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";

let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "readygo-staged-"));
  mkdirSync(join(tree, "bin"));
  // e_machine of amd64 in a 64-bit little-endian header; an ELF header does not tell Linux from FreeBSD.
  const header = Buffer.alloc(64);
  header.write("\u007fELF\u0002\u0001\u0001", "latin1");
  header.writeUInt16LE(62, 18);
  writeFileSync(join(tree, "bin/go"), header);
});
afterEach(() => rmSync(tree, { recursive: true }));

const processes = { run: () => Promise.reject(new Error("ran")) };
const check = async (system: string, version: string): Promise<string> => {
  mkdirSync(join(tree, `pkg/tool/${system}`), { recursive: true });
  writeFileSync(join(tree, "VERSION"), `${version}\n`);
  const wanted = { version: "go1.27.4" as GoVersion, architecture: "amd64", isRunnable: false } as const;
  try {
    await checkStagedTree(createRealFiles(""), processes, { ...wanted, tree: absolutePath(tree) });
    return "right";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

it.each([
  ["linux_amd64", "go1.27.4", "right"],
  ["linux_amd64", "go1.27.3", "VERSION names another release"],
  ["freebsd_amd64", "go1.27.4", "its tools are for another system"],
  ["linux_arm64", "go1.27.4", "its tools are for another system"],
])("a tree with tools for %s whose VERSION says %s: %s", async (system, version, verdict) => {
  expect(await check(system, version)).toBe(verdict);
});
