import { readFileSync } from "node:fs";

/** The most memory that a process of this machine and its children have had, all of them together. */
export interface MemoryWatch {
  /** Ends the watch. Bytes; what processes share counts for each of them. */
  stop(): number;
}

/** Adds up the peaks (VmHWM, proc(5)) of all that live at a moment, every 20 ms. A peak between two looks is not missed. */
export function watchMemory(pid: number): MemoryWatch {
  let most = 0;
  const look = (): void => {
    const sum = family(pid).reduce((total, each) => total + readPeak(each), 0);
    most = Math.max(most, sum);
  };
  const timer = setInterval(look, 20);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}

function family(pid: number): readonly number[] {
  const children = readOrNothing(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

function readPeak(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return "";
  }
}
