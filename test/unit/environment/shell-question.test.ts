import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createShellAsker, type ShellOutcome } from "../../../src/environment/ask-shell.ts";
import type { ShellMode } from "../../../src/environment/launch-context.ts";
import { fromProgram } from "../../../src/environment/setting.ts";
import { dialectOf, readShellAnswer, readsFiles } from "../../../src/environment/shell-question.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { createRealProcesses } from "../../../src/host/child/real-processes.ts";

interface Asked {
  readonly shell?: string;
  readonly mode: ShellMode;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** This machine's own shell in a home with these files, as whoever runs the test. */
async function ask(
  home: Readonly<Record<string, string>>,
  { shell = "/bin/bash", mode, env = {}, timeoutMs = 20_000 }: Asked,
): Promise<ShellOutcome & { readonly home: string }> {
  const directory = mkdtempSync(join(tmpdir(), "readygo-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(home)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: 0o755 });
  }
  const account = {
    name: "ada",
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    home: absolutePath(directory),
    shell: absolutePath(shell),
  };
  const variables = { PATH: `${directory}/bin:/usr/bin:/bin`, HOME: directory, ...env };
  const environment = new Map(Object.entries(variables).map(([name, value]) => [name, fromProgram("a test", value)]));
  const asker = createShellAsker(createRealProcesses());
  return { ...(await asker.ask({ account, shell, mode, environment, timeoutMs: () => timeoutMs })), home: directory };
}

const go = { "bin/go": "#!/bin/sh\n" };

test("the hooks of the first prompt have run in a terminal, and nowhere else", async () => {
  const rc = "PROMPT_COMMAND=('export GOBIN=hook; false' 'PATH=/late:$PATH'); set -eu; echo noise\n";
  const inTerminal = await ask({ ...go, ".bashrc": rc }, { mode: "terminal" });
  if (inTerminal.kind !== "answered") throw new Error(inTerminal.kind);
  expect(inTerminal.environment.get("GOBIN")).toEqual({ value: "hook", origin: { kind: "shell", shell: "/bin/bash" } });
  expect(inTerminal.environment.get("PATH")?.value).toBe(`/late:${inTerminal.home}/bin:/usr/bin:/bin`);
  expect(inTerminal.environment.get("HOME")?.origin).toEqual({ kind: "program", name: "a test" });
  expect(inTerminal.go).toEqual({ kind: "program", path: `${inTerminal.home}/bin/go` });
  const probe = await ask(
    { ...go, ".bash_profile": ". ~/.bashrc\n", ".bashrc": rc.replace("set -eu", ":") },
    { mode: "probe" },
  );
  expect(probe.kind === "answered" && probe.environment.has("GOBIN")).toBe(false);
});

test.each([
  ["alias go='/opt/go  -x'", { kind: "alias", text: "alias go='/opt/go -x'" }],
  ["go() { echo mine; }; alias printf=false type=false", { kind: "function", text: "go () { echo mine }" }],
  [`go() { echo ${"x".repeat(300)}; }`, { kind: "function", text: expect.stringMatching(/^.{160}…$/) }],
  ["PATH=/usr/bin:/bin/nothing", { kind: expect.stringMatching(/none|program/) }],
])("go is what bash makes of it: %s", async (line, meaning) => {
  const answer = await ask({ ...go, ".bashrc": `${line}\n` }, { mode: "terminal" });
  expect(answer.kind === "answered" && answer.go).toMatchObject(meaning);
});

test("sh tells an alias, a function and a path apart", async () => {
  const profile = (line: string): Promise<ShellOutcome> =>
    ask({ ...go, ".profile": line }, { shell: "/bin/sh", mode: "login" });
  const bare = { PATH: "/usr/bin:/bin" };
  const meanings = await Promise.all([
    profile("alias go=gox"),
    profile("go() { :; }"),
    ask({}, { shell: "/bin/sh", mode: "login", env: bare }),
  ]);
  expect(meanings.map((each) => each.kind === "answered" && each.go.kind)).toEqual([
    "alias",
    "function",
    expect.stringMatching(/none|program/),
  ]);
});

test("bash -c reads nothing, and is not started; by sshd it reads ~/.bashrc", async () => {
  const home = { ...go, ".bashrc": "export GOBIN=rc\n" };
  expect((await ask(home, { mode: "command" })).kind).toBe("unchanged");
  const bySsh = await ask(home, { mode: "command", env: { SSH_CLIENT: "127.0.0.1 1 22" } });
  expect(bySsh.kind === "answered" && bySsh.environment.get("GOBIN")?.value).toBe("rc");
  const byVariable = await ask(
    { ...home, env: "export GOFLAGS=-env\n" },
    { mode: "command", env: { BASH_ENV: "/dev/null" } },
  );
  expect(byVariable.kind === "answered" && byVariable.environment.has("GOBIN")).toBe(false);
});

test.each([
  ["exit 3", /did not answer: exit status 3/],
  ["exec sleep 60", /no answer within 1 s/],
  ["kill -9 $$", /did not answer: ended by SIGKILL/],
])("a shell that does not come to an answer is silent: %s", async (line, why) => {
  const answer = await ask({ ".bashrc": `${line}\n` }, { mode: "terminal", timeoutMs: 1_000 });
  expect(answer).toMatchObject({ kind: "silent", why: expect.stringMatching(why) });
});

test("a program that is no shell is not started", async () => {
  expect(await ask({}, { shell: "/usr/sbin/nologin", mode: "login" })).toMatchObject({
    kind: "silent",
    why: "/usr/sbin/nologin is no shell that readygo can ask",
  });
  expect([dialectOf("/usr/local/bin/fish"), dialectOf("/usr/bin/git-shell")]).toEqual(["fish", undefined]);
});

test("the same question is asked once", async () => {
  let runs = 0;
  const real = createRealProcesses();
  const asker = createShellAsker({ run: (request) => ((runs += 1), real.run(request)) });
  const account = {
    name: "ada",
    uid: process.getuid?.() ?? 0,
    gid: 0,
    home: absolutePath("/"),
    shell: absolutePath("/bin/sh"),
  };
  const start = (value: string) => ({
    account,
    shell: "/bin/sh",
    mode: "login" as const,
    environment: new Map([["HOME", fromProgram("a", value)]]),
    timeoutMs: () => 20_000,
  });
  await Promise.all([asker.ask(start("/")), asker.ask(start("/")), asker.ask(start("/nowhere"))]);
  expect(runs).toBe(2);
});

test.each(["/usr/bin/zsh", "/usr/bin/fish", "/usr/bin/tcsh"].filter((path) => existsSync(path)))(
  "%s writes nothing in an empty home",
  async (shell) => {
    const answer = await ask({}, { shell, mode: "login-terminal" });
    expect([answer.kind, readdirSync(answer.home)]).toEqual(["answered", []]);
  },
);

const answer = (kind: string, text: string, env: string): string =>
  `\nreadygo-answer-kind-51c9\n${kind}\nreadygo-answer-text-51c9\n${text}\nreadygo-answer-environment-51c9\n${env}\nreadygo-answer-end-51c9\n`;

test("takes the last answer out of what rc files print before and after it", () => {
  const noise = `Welcome!${answer("file", "/old/go", "A=1\0")}`;
  expect(
    readShellAnswer(`${noise}${answer("", "/bin/go", "PATH=/bin\0NOTE=two\nlines = here\0EMPTY=\0")}Bye\n`),
  ).toEqual({
    go: { kind: "program", path: "/bin/go" },
    env: { PATH: "/bin", NOTE: "two\nlines = here", EMPTY: "" },
  });
  expect(readShellAnswer(answer("", "go: \t aliased to /opt/go", "A=1\0"))?.go.kind).toBe("alias");
  expect(readShellAnswer(answer("", "go: Command not found.", "A=1\0"))?.go).toEqual({ kind: "none" });
  const whole = answer("file", "/bin/go", "PATH=/bin\0");
  expect([readShellAnswer(whole.slice(0, -20)), readShellAnswer("")]).toEqual([undefined, undefined]);
});

test("which shells read files at all", () => {
  const plain = new Map<string, unknown>();
  expect(readsFiles("dash", "command", plain)).toBe(false);
  expect(readsFiles("sh", "terminal", plain)).toBe(false);
  expect(readsFiles("sh", "terminal", new Map([["ENV", "x"]]))).toBe(true);
  expect(readsFiles("zsh", "command", plain)).toBe(true);
});

test("a shell is asked in its home, where a version manager looks for its files", async () => {
  const answer = await ask({ ".bashrc": "export GOBIN=$PWD\n" }, { mode: "terminal" });
  expect(answer.kind === "answered" && answer.environment.get("GOBIN")?.value).toBe(
    answer.kind === "answered" && answer.environment.get("HOME")?.value,
  );
});
