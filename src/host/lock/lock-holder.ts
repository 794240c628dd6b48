import { fstatSync, readFileSync } from "node:fs";
import { readBootId, readStartTicks } from "../child/process-identity.ts";

/** Who holds the lock. A pid alone may have been given to another process since: the start time and boot tell. */
export interface LockHolder {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
  readonly command: string;
  /**
   * True where the holder also has the kernel's lock of the file, which alone counts then. Versions before it had none:
   * theirs is held as long as the process lives.
   */
  readonly isKernelLocked?: boolean;
}

/** Longer than any command line that Linux takes (execve(2): 6 MiB). */
const mostBytes = 8 * 1024 * 1024;

/** This process as a holder. */
export function describeSelf(command: string): LockHolder {
  return {
    pid: process.pid,
    startTicks: readStartTicks(process.pid) ?? "",
    bootId: readBootId(),
    command,
    isKernelLocked: true,
  };
}

/** Reads an open lock from its start; undefined for what no readygo has written whole. Throws what node:fs throws. */
export function readHolder(file: number): LockHolder | undefined {
  if (fstatSync(file).size > mostBytes) return undefined;
  const text = readFileSync(file, "utf8");
  try {
    const holder = JSON.parse(text) as Partial<LockHolder> | null;
    const isWhole =
      typeof holder?.pid === "number" &&
      typeof holder.startTicks === "string" &&
      typeof holder.bootId === "string" &&
      typeof holder.command === "string";
    return isWhole ? (holder as LockHolder) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the process that wrote this still runs, as far as this pid namespace shows. */
export function isAlive(holder: LockHolder | undefined): boolean {
  return holder !== undefined && holder.bootId === readBootId() && readStartTicks(holder.pid) === holder.startTicks;
}
