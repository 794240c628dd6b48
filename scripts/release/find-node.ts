import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ReleaseArchitecture } from "./release-architecture.ts";

const run = promisify(execFile);

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string } | undefined>>;
}

/**
 * The pinned Node for an architecture: this machine's own from node_modules, the other one from the registry that npm is
 * set up with, held against package-lock.json and kept below `cache`.
 */
export async function findNode(architecture: ReleaseArchitecture, cache: string): Promise<string> {
  const name = `node-linux-${architecture === "amd64" ? "x64" : "arm64"}`;
  const installed = join("node_modules", name, "bin/node");
  if (existsSync(installed)) return realpathSync(installed);
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
  const pinned = lock.packages[`node_modules/${name}`];
  if (pinned === undefined) throw new Error(`package-lock.json has no ${name}`);
  const kept = join(cache, `${name}-${pinned.version}`);
  if (existsSync(kept)) return kept;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(`${kept}.part-`);
  try {
    await run("npm", ["pack", "--silent", `${name}@${pinned.version}`, "--pack-destination", scratch]);
    const archive = join(scratch, `${name}-${pinned.version}.tgz`);
    const integrity = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (integrity !== pinned.integrity) {
      throw new Error(`${name}: ${integrity} was sent, package-lock.json has ${pinned.integrity}`);
    }
    await run("tar", ["-xzf", archive, "-C", scratch, "package/bin/node"]);
    renameSync(join(scratch, "package/bin/node"), kept);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return kept;
}
