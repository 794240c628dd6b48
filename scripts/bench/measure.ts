import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

export interface Measured {
  readonly seconds: number;
  /** Largest sum of resident memory over all processes of the command, looked at every 20 ms; 0 where it was not wanted. */
  readonly peakMegabytes: number;
}

export interface MeasureOptions {
  /** Looking at memory walks the page tables under the process's own lock, and so takes time from it. */
  readonly isMemoryWanted: boolean;
}

/** Runs a command to its end. @throws Error where it fails */
export async function measure(
  command: string,
  args: readonly string[],
  { isMemoryWanted }: MeasureOptions,
): Promise<Measured> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  let peakKilobytes = 0;
  const timer = setInterval(() => {
    if (!isMemoryWanted) return;
    peakKilobytes = Math.max(peakKilobytes, residentOf(child.pid ?? 0));
  }, 20);
  const [status] = (await once(child, "exit")) as [number | null];
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  return { seconds, peakMegabytes: peakKilobytes / 1024 };
}

/** Of a process and all below it, in KiB: proportional sizes, so that shared pages count once. */
function residentOf(pid: number): number {
  try {
    const own = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + residentOf(Number(child)), own);
  } catch {
    // It has ended since.
    return 0;
  }
}
