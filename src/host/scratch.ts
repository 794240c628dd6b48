import { findOpenAncestor, rootAlone } from "./one-writer.ts";
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, type Stats } from "node:fs";
import { tmpdir } from "node:os";
import { posix } from "node:path";
import { absolutePath, type AbsolutePath } from "./absolute-path.ts";
import { readBootId, readStartTicks } from "./child/process-identity.ts";
import { findMount } from "./host-facts.ts";
import type { ReadFiles } from "./ports.ts";
import { createRealFiles } from "./real-files.ts";

/** A directory of this run, of root only, for what checks build and download; what dead runs have left of theirs goes. */
export function makeScratch(): { readonly path: string; remove(): void } {
  removeDeadScratch();
  const path = mkdtempSync(posix.join(chooseParents()[0] ?? "/tmp", nameScratch()));
  return {
    path,
    // Go's module cache is read-only by default; root removes it all the same.
    remove: () => removeWhole(path),
  };
}

/**
 * Removes the scratch of runs that were killed. It lies where everybody may write, and not in /run, which is small and
 * often mounted noexec: so what goes is a real directory of root's that nobody else can enter, under our name, in a
 * directory where nobody but root could have put it in another's place, and of a run that no longer lives. What cannot
 * be removed stays for the next run.
 */
export function removeDeadScratch(): void {
  for (const parent of chooseParents()) {
    ifPossible(() => {
      for (const name of readdirSync(parent)) {
        if (!isOfDeadRun(name)) continue;
        const path = posix.join(parent, name);
        ifPossible(() => {
          if (isOurs(lstatSync(path))) removeWhole(path);
        });
      }
    });
  }
}

/** Where scratch may lie, in order of preference: nobody but root can put another directory in the place of one there. */
export function chooseParents(): readonly string[] {
  return listScratchPlaces().map(({ path }) => path);
}

export interface ScratchPlace {
  readonly path: string;
  /** Why nothing can be built and run there, as the end of a sentence that begins with the path. */
  readonly obstacle: string | undefined;
}

/** What the builds of the checks need for a while: 67 MB of cache for two architectures, modules, and what links. */
const leastBuild = { bytes: 150 * 1024 * 1024, inodes: 4_000 };

/** TMPDIR, /tmp, /var/tmp and /dev/shm without links, as far as they are safe; those where a build can be run come first. */
export function listScratchPlaces(): readonly ScratchPlace[] {
  const files = createRealFiles("");
  const mounts = files.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const places: ScratchPlace[] = [];
  for (const named of [tmpdir(), "/tmp", "/var/tmp", "/dev/shm"]) {
    ifPossible(() => {
      const path = posix.isAbsolute(named) ? absolutePath(realpathSync(named)) : undefined;
      if (path === undefined || places.some((place) => place.path === path) || !isSafePlace(path)) return;
      places.push({ path, obstacle: findObstacle(files, path, mounts) });
    });
  }
  return places.toSorted((one, other) => Number(one.obstacle !== undefined) - Number(other.obstacle !== undefined));
}

function findObstacle(files: ReadFiles, path: AbsolutePath, mounts: string): string | undefined {
  if (!files.isWritable(path)) return "cannot be written";
  if (findMount(mounts, path)?.flags.includes("noexec") === true) return "lets no program run (noexec)";
  const { freeBytes, freeInodes } = files.space(path);
  const mib = (bytes: number): string => `${Math.floor(bytes / (1024 * 1024))} MiB`;
  if (freeBytes < leastBuild.bytes) return `has ${mib(freeBytes)} free, and a build needs ${mib(leastBuild.bytes)}`;
  if (freeInodes < leastBuild.inodes) return `has ${freeInodes} inodes free, and a build needs ${leastBuild.inodes}`;
  return undefined;
}

/**
 * Whose it is stands in the name, which comes into being with the directory: boot, pid namespace, pid, start time. The
 * namespace, because containers may share a /tmp, and there a pid that we do not see may well live.
 */
export function nameScratch(): string {
  const startTicks = readStartTicks(process.pid);
  // Without /proc nobody could tell later whether this run still lives.
  return startTicks === undefined
    ? "readygo-"
    : `readygo-${shortBootId()}-${pidNamespace()}-${process.pid}-${startTicks}-`;
}

const scratchName = /^readygo-([0-9a-f]{8})-(\d+)-(\d+)-(\d+)-[A-Za-z0-9]{6}$/;

export function isOfDeadRun(name: string): boolean {
  const [, boot, namespace, pid, startTicks] = scratchName.exec(name) ?? [];
  if (boot === undefined) return false;
  if (boot !== shortBootId()) return true;
  return namespace === pidNamespace() && readStartTicks(Number(pid)) !== startTicks;
}

function shortBootId(): string {
  return readBootId().slice(0, 8);
}

/** The inode number in `pid:[4026531836]` (namespaces(7)). */
function pidNamespace(): string {
  return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
}

/** Mode 0700 as mkdtemp makes it: somebody else could neither have moved it here nor put anything into it. */
function isOurs(stat: Stats): boolean {
  return stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o777) === 0o700;
}

function removeWhole(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 2 });
}

/** Whether nobody but root could rename what root builds and runs there, or a directory on the way to it. Of a path without links. */
function isSafePlace(path: AbsolutePath): boolean {
  return findOpenAncestor(path, createRealFiles(""), rootAlone) === undefined;
}

/** A system call that fails here is no failure of the run. */
export function ifPossible(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
  }
}
