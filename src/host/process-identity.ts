import { readFileSync } from "node:fs";

/** Field 22 of /proc/PID/stat, in clock ticks since boot (proc(5)): it tells a process from a later one of the same pid. */
export function readStartTicks(pid: number): string | undefined {
  try {
    // The command name in parentheses may hold spaces and parentheses: count from the last one.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

export function readBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
