import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { posix } from "node:path";

/** A process of this machine that works with the tree at /usr/local/go. */
export interface RunningProgram {
  readonly pid: number;
  readonly command: string;
  /**
   * `build`: it runs from the tree (go, compile, link, …). Such a process starts others of the tree by path, and two
   * releases do not mix: `compile: version "go1.27.4" does not match go tool version …`.
   * `server`: it runs from elsewhere and reads the tree for as long as it lives; it wants a restart afterwards.
   */
  readonly kind: "build" | "server";
}

/** Language servers and watchers that keep what they read of GOROOT. */
const servers = new Set(["gopls", "air", "dlv", "golangci-lint", "golangci-lint-langserver", "reflex", "staticcheck"]);

/** Who uses the tree now, by /proc (proc(5)). Processes that end meanwhile, and kernel threads, are passed over. */
export function listRunningPrograms(goroot: string): readonly RunningProgram[] {
  return readdirSync("/proc").flatMap((name): readonly RunningProgram[] => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const program = readlinkSync(`/proc/${name}/exe`);
      const isOfTree = program.startsWith(`${goroot}/`);
      if (!isOfTree && !servers.has(posix.basename(program))) return [];
      return [{ pid: Number(name), command: readCommand(name, program), kind: isOfTree ? "build" : "server" }];
    } catch {
      return [];
    }
  });
}

function readCommand(pid: string, program: string): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, 3).join(" ").trim();
  return words === "" ? program : words.slice(0, 120);
}
