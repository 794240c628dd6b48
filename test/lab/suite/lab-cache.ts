import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The checkout that this file is part of. */
export const checkout = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** Where the lab keeps what is costly to make: `READYGO_LAB_CACHE`, else below `XDG_CACHE_HOME`, else below /var/cache. */
export const labCache =
  process.env["READYGO_LAB_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? "/var/cache", "readygo-lab");

/** Says on stderr what the lab is busy with: the first build of a cache takes minutes and must not look like a hang. */
export function say(line: string): void {
  process.stderr.write(`lab: ${line}\n`);
}

/**
 * The path of the cache entry `name`, made by `build` when it is absent. `build` gets a fresh directory to fill; the
 * entry appears by rename, so a stopped build leaves nothing that looks whole. Two processes build one after the other.
 */
export async function cached(name: string, build: (directory: string) => Promise<void>): Promise<string> {
  const entry = join(labCache, name);
  if (existsSync(entry)) return entry;
  mkdirSync(dirname(entry), { recursive: true });
  return await withLock(`${entry}.lock`, async () => {
    if (existsSync(entry)) return entry;
    const startedAt = performance.now();
    say(`building ${entry} (once)`);
    removeLeftOvers(entry);
    const beside = mkdtempSync(`${entry}.part-`);
    try {
      await build(beside);
      chmodSync(beside, 0o755);
      renameSync(beside, entry);
    } catch (error) {
      rmSync(beside, { recursive: true, force: true });
      throw error;
    }
    say(`built ${entry} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return entry;
  });
}

function removeLeftOvers(entry: string): void {
  for (const name of readdirSync(dirname(entry))) {
    if (name.startsWith(`${basename(entry)}.part-`)) rmSync(join(dirname(entry), name), { recursive: true });
  }
}

/** The lock is a link that names its holder's process: one whose holder is gone is taken over. */
export async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  while (!tryLock(lock)) await sleep(100);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string): boolean {
  try {
    symlinkSync(String(process.pid), lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  try {
    if (!existsSync(`/proc/${readlinkSync(lock)}`)) rmSync(lock, { force: true });
  } catch {
    // The holder let go between our two looks: the next try gets it.
  }
  return false;
}
