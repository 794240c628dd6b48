import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { composeShellLine, findCallingShell } from "../../../src/environment/calling-shell.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { ReadFiles } from "../../../src/host/ports.ts";

/** A machine on which readygo's parents have these names, from the nearest on. */
const machineOf = (...parents: readonly string[]): ReadFiles =>
  ({
    read: (path: string) => {
      const at = path.startsWith("/proc/self/") ? -1 : Number(path.split("/")[2]) - 100;
      if (path.endsWith("/comm")) return Buffer.from(`${parents[at] ?? "?"}\n`);
      return Buffer.from(`Name: x\nPPid:\t${at + 1 < parents.length ? 100 + at + 1 : 0}\n`);
    },
  }) as unknown as ReadFiles;

test.each([
  [["bash", "sshd"], "/bin/zsh", "bash"],
  [["sudo", "sudo", "fish"], "/bin/bash", "fish"],
  [["sh", "zsh"], "/bin/bash", "zsh"],
  [["cron"], "/usr/bin/fish", "fish"],
  [["systemd"], "/usr/sbin/nologin", "sh"],
  [[], "/bin/dash", "dash"],
] as const)("called by %j from an account with %s: %s", (parents, shell, expected) => {
  expect(findCallingShell(machineOf(...parents), absolutePath(shell))).toBe(expected);
});

const programs = { sh: "dash", bash: "bash", zsh: "zsh", fish: "fish", tcsh: "tcsh" } as const;

describe.each(["sh", "bash", "zsh", "fish", "tcsh"] as const)("the line for %s", (shell) => {
  const program = programs[shell];
  const isInstalled = spawnSync("which", [program]).status === 0;

  test.skipIf(!isInstalled)(`is good in it (needs ${program})`, () => {
    const line = `${composeShellLine(shell, true)}; printenv PATH; printenv GOROOT; true`;
    const flags = shell === "tcsh" || shell === "zsh" ? ["-f"] : [];
    const env = { PATH: "/usr/bin:/bin", GOROOT: "/opt/go", HOME: "/nonexistent" };
    const { stdout } = spawnSync(program, [...flags, "-c", line], { env, encoding: "utf8" });
    expect(stdout.trimEnd()).toBe("/usr/local/go/bin:/usr/bin:/bin");
  });
});
