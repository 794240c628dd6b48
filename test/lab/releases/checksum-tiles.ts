import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../suite/lab-cache.ts";
import { runGo } from "./machine-go.ts";
import { type LabModule, readLookup } from "./modules.ts";

const tileWidth = 256;

/**
 * A directory in GOPROXY layout with every tile of the checksum database that a client may ask for who knows the tree
 * heads in the lookups of `modules` in any order: the proof that each record is in each tree, and that each older tree
 * is the beginning of each newer one. `go mod download` recorded only those for one head.
 */
export async function fetchTiles(modules: readonly LabModule[]): Promise<string> {
  const lookups = modules.flatMap((module) => readLookup(module) ?? []);
  const heads = [...new Set(lookups.map((lookup) => lookup.treeSize))].toSorted((a, b) => a - b);
  const tiles = new Set<string>();
  for (const head of heads) {
    for (const { record } of lookups) if (record < head) addProof(tiles, head, record);
    for (const older of heads.filter((size) => size < head)) {
      addProof(tiles, head, older - 1);
      addProof(tiles, head, older);
    }
  }
  const names = [...tiles].toSorted();
  const key = createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 16);
  return await cached(`tiles/${key}`, async (into) => {
    const recorded = modules.map((module) => module.directory);
    const missing: string[] = [];
    for (const name of names) {
      const at = join("sumdb/sum.golang.org", name);
      const directory = recorded.find((candidate) => existsSync(join(candidate, at)));
      if (directory === undefined) missing.push(name);
      else cpSync(join(directory, at), join(into, at));
    }
    if (missing.length > 0) await download(await databaseBase(), missing, join(into, "sumdb/sum.golang.org"));
  });
}

/** Names of the tiles on the way from leaf `record`, and from the right edge, to the root of a tree of `size` records. */
function addProof(tiles: Set<string>, size: number, record: number): void {
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / tileWidth)) {
    const below = tileWidth ** (level + 1);
    for (const index of [Math.floor(record / below), Math.floor(hashes / tileWidth)]) {
      const width = Math.min(tileWidth, hashes - index * tileWidth);
      if (width > 0) tiles.add(tileName(level, index, width));
    }
  }
}

/** The number in groups of three digits, all but the last led by an x; a partial tile says how wide it is. */
function tileName(level: number, index: number, width: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/8/${level}/${path}${width === tileWidth ? "" : `.p/${width}`}`;
}

/** Where this machine's Go reads the database: its proxy, if that carries it, else the database itself. */
async function databaseBase(): Promise<string> {
  const proxies = (await runGo(["env", "GOPROXY"])).trim().split(/[,|]/);
  const proxy = proxies.find((entry) => /^https?:/.test(entry));
  if (proxy !== undefined) {
    const base = `${proxy.replace(/\/$/, "")}/sumdb/sum.golang.org`;
    if ((await curl([`${base}/supported`])) === 0) return base;
  }
  return "https://sum.golang.org";
}

async function download(base: string, names: readonly string[], into: string): Promise<void> {
  const pairs = names.flatMap((name) => [`${base}/${name}`, "--output", join(into, name)]);
  const status = await curl(["--parallel", "--create-dirs", "--retry", "3", ...pairs]);
  if (status !== 0) throw new Error(`curl ended with ${status} while fetching tiles of the checksum database`);
}

/** By curl and not by Node, since curl trusts what this machine trusts. */
async function curl(args: readonly string[]): Promise<number | null> {
  const child = spawn("curl", ["--fail", "--silent", "--location", "--max-time", "60", ...args], { stdio: "ignore" });
  return await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
}
