import { spawnSync, type SpawnSyncOptionsWithStringEncoding } from "node:child_process";
import { fstatSync, lstatSync } from "node:fs";

/** Far more than `flock -n` takes, which waits for nobody. */
const boundMs = 30_000;

/**
 * Takes the kernel's lock of an open file, or answers false where somebody else holds it. Node has no flock(2); flock(1)
 * of util-linux, which is Essential on Debian and Ubuntu, takes it for a descriptor that it inherits. The lock belongs to
 * the open file description, so it is still ours when flock has ended, and it is free as soon as this process has closed
 * the file or has ended, by SIGKILL too: no other child inherits what node opens.
 *
 * Throws an Error with `syscall`, as node:fs does, where flock cannot be run or fails.
 */
export function tryKernelLock(file: number): boolean {
  const options: SpawnSyncOptionsWithStringEncoding & { detached: boolean } = {
    env: { LC_ALL: "C" },
    encoding: "utf8",
    timeout: boundMs,
    killSignal: "SIGKILL",
    stdio: ["ignore", "ignore", "pipe", file],
    // Not in the terminal's group: Ctrl-C is for readygo, which ends in its own way. The types of spawnSync do not know
    // `detached`; node's spawn_sync.cc reads it as spawn does.
    detached: true,
  };
  const child = spawnSync("/usr/bin/flock", ["-n", "3"], options);
  if (child.status === 0) return true;
  // flock(1): with -n, 1 says that the lock is held; what went wrong has a status of sysexits.h.
  if (child.status === 1) return false;
  const why = child.error?.message ?? (child.stderr.trim() || `it ended with ${child.signal ?? child.status}`);
  throw Object.assign(new Error(`/usr/bin/flock (package util-linux) took no lock: ${why}`), { syscall: "flock" });
}

/** Whether `path` names the very file that is open. */
export function isOpenAt(path: string, file: number): boolean {
  const there = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const ours = fstatSync(file, { bigint: true });
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}
