import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { questionShell, readShellWords } from "../../../src/environment/shell-question.ts";

test.each([
  ["/usr/sbin/nologin", "login", "nobody logs in with /usr/sbin/nologin"],
  ["/bin/false", "interactive", "nobody logs in with /bin/false"],
  ["/bin/tcsh", "login", "/bin/tcsh is no shell that readygo can ask; it can ask bash, zsh, fish, dash and sh"],
  ["/bin/dash", "interactive", "dash reads no file of its own when it is interactive"],
] as const)("%s, %s: not asked", (shell, mode, unasked) => {
  expect(questionShell(absolutePath(shell), mode)).toEqual({ unasked });
});

const answer = (command: string, env: string): string =>
  `\nreadygo-answer-command-51c9\n${command}\nreadygo-answer-environment-51c9\n${env}\nreadygo-answer-end-51c9\n`;

test("takes the answer out of what rc files print before and after it", () => {
  const stdout = `Welcome!${answer("/usr/local/go/bin/go\n", "PATH=/usr/local/go/bin:/bin\0NOTE=two\nlines = here\0EMPTY=\0")}Bye\n`;
  expect(readShellWords(stdout)).toEqual({
    command: "/usr/local/go/bin/go",
    env: { PATH: "/usr/local/go/bin:/bin", NOTE: "two\nlines = here", EMPTY: "" },
  });
});

test("the last answer holds where a shell gave two", () => {
  expect(readShellWords(answer("/one/go\n", "A=1\0") + answer("/two/go\n", "A=2\0"))).toEqual({
    command: "/two/go",
    env: { A: "2" },
  });
});

test("knows when a shell ended before it had answered", () => {
  const whole = answer("/usr/local/go/bin/go\n", "PATH=/bin\0");
  expect(readShellWords(whole.slice(0, -20))).toBeUndefined();
  expect(readShellWords("")).toBeUndefined();
});

test("an answer without an environment is none", () => {
  expect(readShellWords(answer("/usr/local/go/bin/go\n", ""))).toBeUndefined();
});

function askBash(profile: string): ReturnType<typeof spawnSync> & { readonly stdout: string; readonly stderr: string } {
  const home = mkdtempSync(join(tmpdir(), "readygo-shell-question-"));
  try {
    writeFileSync(join(home, ".bash_profile"), profile);
    const asked = questionShell(absolutePath("/bin/bash"), "login");
    const [command, ...args] = "argv" in asked ? asked.argv : ["false"];
    return spawnSync(command ?? "", args, { env: { HOME: home }, encoding: "utf8" });
  } finally {
    rmSync(home, { recursive: true });
  }
}

test("a shell that cannot start env has not answered, and says why", () => {
  const run = askBash("ulimit -n 3\n");
  expect([readShellWords(run.stdout), run.status === 0]).toEqual([undefined, false]);
  expect(run.stderr.trimEnd().split("\n").at(-1)).toContain("/usr/bin/env");
});

test("a shell that ends at the first failure answers all the same", () => {
  const run = askBash("set -e\nPATH=/nonexistent\n");
  expect(readShellWords(run.stdout)).toMatchObject({ command: "", env: { PATH: "/nonexistent" } });
});
