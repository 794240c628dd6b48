import { absolutePath } from "./absolute-path.ts";
import { systemEnvironment } from "./host-facts.ts";
import type { Processes, ReadFiles } from "./ports.ts";

/** What Go releases have floors for. */
export interface HostVersions {
  /** As `uname -r` prints it; empty where nobody tells. */
  readonly kernel: string;
  /** Undefined for another C library than glibc. */
  readonly glibc: string | undefined;
  /** What getconf(1) has said. */
  readonly libc: string;
}

const mostReadMs = 10_000;

/** The kernel by its own file, which is there without starting anything, else by uname(1). */
export async function readHostVersions(machine: ReadFiles, processes: Processes): Promise<HostVersions> {
  const read = async (...argv: readonly [string, ...string[]]): Promise<string> => {
    const answer = await processes.run({
      argv,
      env: systemEnvironment,
      cwd: absolutePath("/"),
      timeoutMs: mostReadMs,
    });
    return answer.stdout.trim();
  };
  const told = machine.read(absolutePath("/proc/sys/kernel/osrelease"))?.toString("utf8").trim();
  const [kernel, libc] = await Promise.all([told || read("uname", "-r"), read("getconf", "GNU_LIBC_VERSION")]);
  return { kernel, glibc: /^glibc (\S+)/.exec(libc)?.[1], libc };
}
