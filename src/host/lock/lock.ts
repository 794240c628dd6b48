import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { posix } from "node:path";
import { ProvisionError } from "../../errors/provision-error.ts";
import { isOpenAt, tryKernelLock } from "./kernel-lock.ts";
import { describeSelf, isAlive, type LockHolder, readHolder } from "./lock-holder.ts";
import { openOwnFile } from "../open-own-file.ts";
import { places } from "../places.ts";
import type { Clock, ReadFiles } from "../ports.ts";
import { isErrno } from "../real-files.ts";

export interface HeldLock {
  release(): void;
}

/** Why a name in the lock's directory was left where it is. */
type Obstacle = { readonly kind: "held"; readonly holder: LockHolder | undefined } | { readonly kind: "foreign" };

const pollMs = 200;

/**
 * A run that looks at a stale lock holds it for the few milliseconds that this takes, and nobody is to fail because of
 * that. Much longer, for a machine that is busy.
 */
const passingMs = 3_000;
const passingPollMs = 20;

/**
 * One readygo at a time: the kernel's lock of a file in a directory that only root can enter. The file comes into being
 * whole and locked, by link(2), and only who holds the kernel's lock of it removes it: whoever has found out that a lock
 * is stale can be sure that it still is while it is removed.
 *
 * @throws ProvisionError `locked` when another live run still holds it after `waitMs`; `place-unsafe`; `place-read-only` where
 *   /run is; `step-failed` where flock(1) fails
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
    const code = isErrno(error, "EROFS", "EPERM") ? "place-read-only" : "step-failed";
    throw new ProvisionError(code, `the lock ${places.lock} cannot be taken; nothing was begun`, {
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
  const startedAt = clock.monotonicMs();
  for (;;) {
    makeDirectories(directory);
    const obstacle = removeIfStale(lock, isHeldWithoutKernel);
    if (obstacle?.kind === "foreign") throw describeForeign(lock);
    if (obstacle === undefined) {
      const held = placeLock(directory, lock, describeSelf(command));
      if (held !== undefined) return held;
    }
    const holder = obstacle?.holder;
    const isPassing = !isAlive(holder);
    if (clock.monotonicMs() - startedAt >= (isPassing ? Math.max(waitMs, passingMs) : waitMs)) {
      throw new ProvisionError("locked", "another readygo is running on this host", {
        details: holder === undefined ? {} : { pid: String(holder.pid), command: holder.command },
      });
    }
    await clock.sleep(isPassing ? passingPollMs : pollMs, signal);
  }
}

/** Undefined where another run was faster. */
function placeLock(directory: string, lock: string, own: LockHolder): HeldLock | undefined {
  const temporary = posix.join(directory, `.lock-${process.pid}`);
  // An ended run of the same number may have left it.
  removeIfStale(temporary, () => false);
  let file: number | undefined;
  let isHeld = false;
  try {
    file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    writeFileSync(file, JSON.stringify(own));
    // A run that tidies up may have taken it for an abandoned one before it was locked.
    if (!tryKernelLock(file) || !isOpenAt(temporary, file)) return undefined;
    linkSync(temporary, lock);
    isHeld = isOpenAt(lock, file);
  } catch (error) {
    // ENOENT: the last holder took the empty directory away between our mkdir and our open.
    if (!isErrno(error, "EEXIST", "ENOENT")) throw error;
  } finally {
    if (file !== undefined) ifPossible(() => removeQuietly(temporary));
    if (!isHeld && file !== undefined) closeSync(file);
    if (!isHeld) ifPossible(() => removeIfEmpty(directory));
  }
  if (!isHeld || file === undefined) return undefined;
  const held = file;
  removeAbandoned(directory);
  return { release: () => releaseLock(lock, directory, held) };
}

/** Failing here is no failure of the run: a lock whose file is closed is stale. */
function releaseLock(lock: string, directory: string, file: number): void {
  ifPossible(() => {
    if (isOpenAt(lock, file)) removeQuietly(lock);
  });
  closeSync(file);
  ifPossible(() => removeIfEmpty(directory));
}

/**
 * Takes away what ended runs have left in /run: a stale lock, names beside it, the empty directory. A run whose plan is
 * empty takes no lock, so this is not left to the next lock.
 */
export function removeStaleLock(files: ReadFiles): void {
  const directory = files.locate(places.runDirectory);
  if (isOfRootAlone(directory) !== true) return;
  ifPossible(() => removeIfStale(files.locate(places.lock), isHeldWithoutKernel));
  removeAbandoned(directory);
  ifPossible(() => removeIfEmpty(directory));
}

/** What runs that were killed while they took the lock have left beside it. A name that stays is not worth failing for. */
function removeAbandoned(directory: string): void {
  ifPossible(() => {
    for (const name of readdirSync(directory)) {
      // A living run may be about to lock its own, so that is left alone.
      if (/^\.lock-\d+$/.test(name)) removeIfStale(posix.join(directory, name), isAlive);
    }
  });
}

/** A lock of a version that had none of the kernel's. */
function isHeldWithoutKernel(holder: LockHolder | undefined): boolean {
  return holder?.isKernelLocked !== true && isAlive(holder);
}

/**
 * Removes a lock, or a name beside it, that nobody has locked and whose holder `isSpared` does not spare. Throws what
 * node:fs throws.
 *
 * @returns why it was left; undefined where it was removed, or nothing is there (any more)
 */
function removeIfStale(path: string, isSpared: (holder: LockHolder | undefined) => boolean): Obstacle | undefined {
  let file: number | undefined;
  try {
    // Two names: the lock's own, and the one that it was made by, until that is removed.
    file = openOwnFile(path, constants.O_RDONLY, 2);
    if (file === undefined) return { kind: "foreign" };
    const holder = readHolder(file);
    if (isSpared(holder) || !tryKernelLock(file)) return { kind: "held", holder };
    if (isOpenAt(path, file)) unlinkSync(path);
    return undefined;
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function describeForeign(lock: string): ProvisionError {
  return new ProvisionError("place-unsafe", `${lock} is not a file that readygo has made`, {
    remedy: [`look at ${lock} and move it away, then run readygo again`],
  });
}

function makeDirectories(directory: string): void {
  mkdirSync(posix.dirname(directory), { recursive: true });
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  // Undefined: a run that has just ended has taken it away again, and the next try makes it anew.
  if (isOfRootAlone(directory) !== false) return;
  throw new ProvisionError("place-unsafe", `${directory} is not a directory that only root can enter`, {
    remedy: [`move ${directory} away, then run readygo again`],
  });
}

/** Undefined where nothing is there. */
function isOfRootAlone(directory: string): boolean | undefined {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  return stat === undefined ? undefined : stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o077) === 0;
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

/** A system call that fails here is no failure of the run. */
function ifPossible(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
  }
}
