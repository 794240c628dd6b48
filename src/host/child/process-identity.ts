import { readFileSync } from "node:fs";

/**
 * Field 22 of /proc/PID/stat, in clock ticks since boot (proc(5)): it tells a process from a later one of the same pid.
 * Undefined for one that is over, too: in a container whose process 1 never waits, a killed one stays a zombie for good.
 */
export function readStartTicks(pid: number): string | undefined {
  try {
    // The command name in parentheses may hold spaces and parentheses: count from the last one.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function readBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
