import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { computeReleaseMode } from "../../../src/fetch/unpack/release-mode.ts";
import { smallTree } from "../releases/small-tree.ts";

/**
 * The files of a release that needs no Go to be made and has the same bytes on every machine, so that what a receipt
 * and a tree manifest say of it stays true: a program that only ends stands in for bin/go.
 */
export function listStateRelease(version: string): ReadonlyMap<string, Uint8Array> {
  const files = smallTree(version, "amd64", new Uint8Array());
  const idle = files.get("bin/gofmt");
  if (idle === undefined) throw new Error("the small tree has no bin/gofmt");
  return files.set("bin/go", idle);
}

/** Root's own, with the modes of a release, whatever the umask is. */
export function writeStateTree(version: string, tree: string): void {
  mkdirSync(tree, { recursive: true });
  for (const [name, content] of listStateRelease(version)) {
    makeDirectories(tree, dirname(name));
    writeFileSync(join(tree, name), content);
    chmodSync(join(tree, name), computeReleaseMode(name));
  }
  chmodSync(tree, 0o755);
}

function makeDirectories(tree: string, name: string): void {
  const parts = name === "." ? [] : name.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const directory = join(tree, ...parts.slice(0, depth));
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o755);
  }
}

/** The release as the publisher would name and pack it, in a directory of its own below `room`. */
export function packStateRelease(version: string, room: string): { readonly archive: string; readonly sha256: string } {
  const directory = join(room, `release-${version}`);
  writeStateTree(version, join(directory, "go"));
  utimesSync(join(directory, "go"), 1, 1);
  const archive = join(directory, `go${version}.linux-amd64.tar.gz`);
  const words = ["--create", "--gzip", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@1793525400", "--format=ustar"]; // prettier-ignore
  const { status, stderr } = spawnSync("tar", [...words, "--file", archive, "--directory", directory, "go"], { encoding: "utf8" }); // prettier-ignore
  if (status !== 0) throw new Error(`tar: ${stderr}`);
  return { archive, sha256: createHash("sha256").update(readFileSync(archive)).digest("hex") };
}
