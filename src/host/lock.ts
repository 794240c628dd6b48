import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  lstatSync,
  writeFileSync,
} from "node:fs";
import { posix } from "node:path";
import { ProvisionError } from "../errors/provision-error.ts";
import { places } from "./places.ts";
import type { Clock, ReadFiles } from "./ports.ts";
import { readBootId, readStartTicks } from "./process-identity.ts";
import { isErrno } from "./real-files.ts";

/** Who holds the lock. A pid alone may have been given to another process since: the start time and boot tell. */
export interface LockHolder {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
  readonly command: string;
}

export interface HeldLock {
  release(): void;
}

const pollMs = 200;

/**
 * One readygo at a time. Node has no flock, so the lock is a file that comes into being whole, by link(2), in a
 * directory that only root can enter.
 *
 * @throws ProvisionError `locked` when another live process still holds it after `waitMs`; `step-failed` where /run
 *   cannot be written
 */
export async function acquireLock(
  files: ReadFiles,
  clock: Clock,
  command: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<HeldLock> {
  try {
    return await takeLock(files, clock, command, waitMs, signal);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new ProvisionError("step-failed", `the lock ${places.lock} cannot be taken; nothing was begun`, {
      cause: error,
    });
  }
}

async function takeLock(
  files: ReadFiles,
  clock: Clock,
  command: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<HeldLock> {
  const directory = files.locate(places.runDirectory);
  const lock = files.locate(places.lock);
  const own: LockHolder = {
    pid: process.pid,
    startTicks: readStartTicks(process.pid) ?? "",
    bootId: readBootId(),
    command,
  };
  const temporary = posix.join(directory, `.lock-${process.pid}`);
  const end = clock.monotonicMs() + waitMs;
  for (;;) {
    makeDirectories(directory);
    try {
      writeFileSync(temporary, JSON.stringify(own), { mode: 0o600 });
      linkSync(temporary, lock);
      removeAbandoned(directory, temporary);
      return { release: () => releaseLock(lock, directory) };
    } catch (error) {
      // ENOENT: the last holder took the empty directory away between our mkdir and our write.
      if (!isErrno(error, "EEXIST", "ENOENT")) {
        removeQuietly(temporary);
        removeIfEmpty(directory);
        throw error;
      }
    }
    const holder = readHolder(lock);
    if (holder !== undefined && !isAlive(holder)) {
      removeStale(lock, temporary, holder);
      continue;
    }
    if (clock.monotonicMs() >= end) {
      removeQuietly(temporary);
      throw new ProvisionError("locked", "another readygo is at work on this host", {
        details: holder === undefined ? {} : { pid: String(holder.pid), command: holder.command },
      });
    }
    await clock.sleep(pollMs, signal);
  }
}

/** Failing here is no failure of the run: a lock whose holder has ended is stale. */
function releaseLock(lock: string, directory: string): void {
  try {
    removeQuietly(lock);
    removeIfEmpty(directory);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
  }
}

/** What runs that were killed while they took the lock have left beside it, and our own. */
function removeAbandoned(directory: string, own: string): void {
  try {
    removeQuietly(own);
    for (const name of readdirSync(directory)) {
      const pid = /^\.lock-(\d+)$/.exec(name)?.[1];
      if (pid !== undefined && readStartTicks(Number(pid)) === undefined) removeQuietly(posix.join(directory, name));
    }
  } catch (error) {
    // The lock is held by now: a name that is left beside it is not worth failing for.
    if (!(error instanceof Error && "syscall" in error)) throw error;
  }
}

/**
 * Takes away what ended runs have left in /run: a stale lock, names beside it, the empty directory. A run whose plan is
 * empty takes no lock, so this is not left to the next lock.
 */
export function removeStaleLock(files: ReadFiles): void {
  const directory = files.locate(places.runDirectory);
  const lock = files.locate(places.lock);
  if (!existsSync(directory)) return;
  const holder = readHolder(lock);
  if (holder !== undefined && isAlive(holder)) return;
  try {
    if (holder !== undefined) removeStale(lock, posix.join(directory, `.lock-${process.pid}`), holder);
    removeAbandoned(directory, posix.join(directory, `.lock-${process.pid}`));
    removeIfEmpty(directory);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
  }
}

/** A stale lock is moved aside and looked at once more: another run may have put its own in its place meanwhile. */
function removeStale(lock: string, temporary: string, stale: LockHolder): void {
  removeQuietly(temporary);
  try {
    renameSync(lock, temporary);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    return;
  }
  const moved = readHolder(temporary);
  const isStale = moved === undefined || (moved.pid === stale.pid && moved.startTicks === stale.startTicks);
  if (!isStale) renameSync(temporary, lock);
  else removeQuietly(temporary);
}

function readHolder(lock: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(readFileSync(lock, "utf8")) as Partial<LockHolder> | null;
    if (typeof holder?.pid === "number" && typeof holder.startTicks === "string") return holder as LockHolder;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
  }
  // A lock comes into being whole, so this is nobody's: it is taken for one of a process that is gone.
  return { pid: 0, startTicks: "", bootId: "", command: "" };
}

function isAlive(holder: LockHolder): boolean {
  return holder.bootId === readBootId() && readStartTicks(holder.pid) === holder.startTicks;
}

function makeDirectories(directory: string): void {
  mkdirSync(posix.dirname(directory), { recursive: true });
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o077) === 0)) return;
  throw new ProvisionError("place-unsafe", `${directory} is not a directory that only root can enter`, {
    remedy: [`move ${directory} away, then run readygo again`],
  });
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    if (!isErrno(error, "ENOTEMPTY", "EEXIST", "ENOENT")) throw error;
  }
}
