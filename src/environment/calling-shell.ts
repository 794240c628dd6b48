import { posix } from "node:path";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import type { ReadFiles } from "../host/ports.ts";

const shells = ["bash", "zsh", "fish", "dash", "sh", "tcsh", "csh"] as const;
export type CallingShell = (typeof shells)[number];

/** sudo, a pipe's shell, npx and the like stand between readygo and the shell that somebody types into. */
const mostParents = 8;

/** The shell that readygo was called from, by the names of its parents; the account's own where none of them is one. */
export function findCallingShell(machine: ReadFiles, accountShell: AbsolutePath): CallingShell {
  let parent = readParent(machine, "self");
  for (let step = 0; step < mostParents && parent !== undefined && parent !== "0"; step += 1) {
    const shell = asShell(
      machine
        .read(absolutePath(`/proc/${parent}/comm`))
        ?.toString("utf8")
        .trim() ?? "",
    );
    // `sh` is what runs a line for somebody else, as in `curl … | sh`.
    if (shell !== undefined && shell !== "sh" && shell !== "dash") return shell;
    parent = readParent(machine, parent);
  }
  return asShell(posix.basename(accountShell)) ?? "sh";
}

function readParent(machine: ReadFiles, process: string): string | undefined {
  const status = machine.read(absolutePath(`/proc/${process}/status`))?.toString("utf8") ?? "";
  return /^PPid:\s*(\d+)$/m.exec(status)?.[1];
}

function asShell(name: string): CallingShell | undefined {
  return shells.find((shell) => shell === name);
}

/** The line that makes a shell that is running find Go, in its own syntax; `unset GOROOT` where it has one of another tree. */
export function composeShellLine(shell: CallingShell, hasGoroot: boolean): string {
  switch (shell) {
    case "fish":
      return `set -gx PATH /usr/local/go/bin $PATH${hasGoroot ? "; set -e GOROOT" : ""}`;
    case "tcsh":
    case "csh":
      return `setenv PATH /usr/local/go/bin:$PATH${hasGoroot ? "; unsetenv GOROOT" : ""}`;
    case "bash":
    case "zsh":
    case "dash":
    case "sh":
      return `export PATH=/usr/local/go/bin:$PATH${hasGoroot ? "; unset GOROOT" : ""}`;
  }
}
