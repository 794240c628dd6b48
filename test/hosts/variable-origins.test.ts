import { lchownSync } from "node:fs";
import { posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTracedOrigin } from "../../src/environment/trace/describe-traced-origin.ts";
import type { TracedOrigin } from "../../src/environment/trace/traced-origin.ts";
import { type ShellOrigins, traceShell } from "../../src/environment/trace/trace-shell.ts";
import type { TraceMode } from "../../src/environment/trace/trace-question.ts";
import { absolutePath } from "../../src/host/absolute-path.ts";
import type { Account, Processes, RunResult } from "../../src/host/ports.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { bashCases } from "../lab/origins/bash-cases.ts";
import { dashCases } from "../lab/origins/dash-cases.ts";
import { fishCases } from "../lab/origins/fish-cases.ts";
import { here, type OriginCase } from "../lab/origins/origin-case.ts";
import { zshCases } from "../lab/origins/zsh-cases.ts";

const flags: Readonly<Record<TraceMode, readonly string[]>> = {
  login: ["-l"],
  interactive: ["-i"],
  "login-interactive": ["-l", "-i"],
  command: [],
};
const bash = "/bin/bash";
const everyShell = [
  [bash, ".bashrc", "interactive"],
  ["/usr/bin/zsh", ".zshrc", "interactive"],
  ["/usr/bin/fish", ".config/fish/config.fish", "interactive"],
  ["/bin/dash", ".profile", "login"],
] as const;

/** The host's processes, as readygo's own are; what the children said is kept for looking at. */
function processesOf(host: LabHost, said: string[] = []): Processes {
  return {
    async run({ argv, env, asUser, input, timeoutMs }): Promise<RunResult> {
      const none = { PATH: undefined, HOME: undefined, USER: undefined, LOGNAME: undefined };
      const result = await host.run(argv, {
        env: { ...none, ...env },
        ...(asUser === undefined ? {} : { user: asUser.name }),
        ...(typeof input === "string" ? { input } : {}),
        timeoutMs,
      });
      said.push(result.stdout, result.stderr);
      return { ...result, endedBy: result.isTimedOut ? "time" : null };
    },
  };
}

describe("the shell's own tracing tells who set a variable", () => {
  let host: LabHost;
  let homes = 0;
  let aliceId = 0;

  beforeAll(async () => {
    host = await createHost();
    await host.addUser("alice");
    aliceId = Number((await host.must(["id", "-u", "alice"])).stdout);
    host.write("/etc/profile.d/origin.sh", 'if [ -n "${ORIGIN_CASE-}" ]; then\n  export GOBIN=/a\nfi\n');
  });
  afterAll(() => host?.destroy());

  async function arrange(user: string, files: OriginCase["files"]): Promise<Account> {
    homes += 1;
    const home = absolutePath("/home/alice", `case-${homes}`);
    host.write(`${home}/.hushlogin`, "");
    for (const [name, text] of Object.entries(files)) host.write(posix.join(home, name), text);
    const id = user === "root" ? 0 : aliceId;
    for (const path of host.snapshot([home]).keys()) lchownSync(host.path(path), id, id);
    return { name: user, uid: id, gid: id, home, shell: absolutePath("/bin/sh") };
  }

  function environment(home: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const own = Object.entries(more).map(([name, value]) => [name, value.replace("HOME", home)]);
    return {
      HOME: home,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      TERM: "dumb",
      skip_global_compinit: "1",
      ...Object.fromEntries(own),
    };
  }

  /** What the shell ends with when it is not traced. */
  async function askReally(shell: string, mode: TraceMode, account: Account, env: Record<string, string>) {
    const argv = [shell, ...flags[mode], "-c", "/usr/bin/env -0"] as const;
    const run = await processesOf(host).run({ argv, env, cwd: absolutePath("/"), asUser: account, timeoutMs: 20_000 });
    const pairs = run.stdout
      .split("\0")
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]);
    return Object.fromEntries(pairs) as Record<string, string>;
  }

  /** What was asked, the answer, the right answer. */
  async function play(
    shell: string,
    user: string,
    usualMode: TraceMode,
    each: OriginCase,
  ): Promise<readonly [string, string, string]> {
    const { of = "GOROOT", mode = usualMode } = each;
    const account = await arrange(user, each.files);
    const env = environment(account.home, each.env);
    const ends = each.hasHook === true ? undefined : await askReally(shell, mode, account, env);
    const origins = await traceShell(processesOf(host), {
      account,
      shell: absolutePath(shell),
      mode,
      env,
      names: of.startsWith("/") ? [] : [of === "alias" || of === "function" ? "GOROOT" : of],
      directories: of.startsWith("/") ? [of] : [],
      // A shell that became another has said nothing of itself.
      ...(ends === undefined || ends["HOME"] === undefined ? {} : { ends }),
      timeoutMs: 20_000,
    });
    return [each.about, answerOf(origins, of, account), expectedOf(each)];
  }

  it.each([
    [bash, "root", "interactive", bashCases],
    [bash, "alice", "interactive", bashCases],
    ["/usr/bin/zsh", "root", "interactive", zshCases],
    ["/usr/bin/zsh", "alice", "interactive", zshCases],
    ["/usr/bin/fish", "root", "interactive", fishCases],
    ["/usr/bin/fish", "alice", "interactive", fishCases],
    ["/bin/sh", "root", "login", dashCases],
    ["/bin/dash", "alice", "login", dashCases],
  ] as const)("%s as %s, mostly %s", async (shell, user, mode, cases) => {
    const results: (readonly [string, string, string])[] = [];
    // bash is the one that is harder as root (it takes no PS4 from root's environment): of the other a sample will do.
    const isAll = (user === "root") === (shell === bash);
    const left = cases.filter((_, at) => isAll || at % 3 === 0);
    const work = async (): Promise<void> => {
      for (let each = left.shift(); each !== undefined; each = left.shift())
        results.push(await play(shell, user, mode, each));
    };
    await Promise.all(Array.from({ length: 4 }, work));
    const answers = (at: 1 | 2): Record<string, string> =>
      Object.fromEntries(results.map((result) => [result[0], result[at]]));
    expect(answers(1)).toEqual(answers(2));
  });

  it.each(everyShell)("%s: of a trace only places come back, and a home stays as it was", async (shell, file, mode) => {
    const secret = "hunter2";
    const set = (name: string, value: string): string =>
      shell.endsWith("fish") ? `set -gx ${name} ${value}` : `export ${name}=${value}`;
    const text = [
      set("TOKEN", secret),
      `echo ${secret} >&2`,
      set("GOPROXY", `https://u:${secret}@p`),
      set("GOROOT", "/a"),
    ];
    const account = await arrange("alice", { [file]: `${text.join("\n")}\n` });
    const before = host.snapshot([account.home]);
    const said: string[] = [];
    const request = { account, shell: absolutePath(shell), mode, env: environment(account.home), directories: ["/a"] };
    const origins = await traceShell(processesOf(host, said), { ...request, names: ["GOROOT"] });
    expect(describeTracedOrigin(origins.variables["GOROOT"] ?? { kind: "unset" })).toBe(`${account.home}/${file}:4`);
    expect(said.join("")).toContain("GOROOT");
    expect(said.join("")).not.toContain(secret);
    const proxied = await traceShell(processesOf(host), { ...request, names: ["GOPROXY"] });
    expect(proxied.variables["GOPROXY"]).toEqual({ kind: "line", file: `${account.home}/${file}`, line: 3 });
    expect(JSON.stringify(proxied)).not.toContain(secret);
    expect(host.snapshot([account.home])).toEqual(before);
  });

  it("a start file that hangs is unknown", async () => {
    const play = async ([shell, file, mode]: (typeof everyShell)[number]): Promise<
      readonly [TracedOrigin | undefined, string]
    > => {
      const account = await arrange("alice", { [file]: "sleep 1000\n" });
      const origins = await traceShell(processesOf(host), {
        account,
        shell: absolutePath(shell),
        mode,
        env: environment(account.home),
        names: ["GOROOT"],
        directories: [],
        timeoutMs: 700,
      });
      return [origins.variables["GOROOT"], shell];
    };
    for (const [origin, shell] of await Promise.all(everyShell.map(play))) {
      expect(origin).toEqual({ kind: "unknown", why: `${shell} did not come to the end of its files in 0.7 s` });
    }
  });

  it("another shell is unknown, and is not started", async () => {
    const account = await arrange("alice", {});
    const none: Processes = { run: () => Promise.reject(new Error("started")) };
    const origins = await traceShell(none, {
      account,
      shell: absolutePath("/bin/tcsh"),
      mode: "login",
      env: {},
      names: ["GOROOT"],
      directories: ["/a"],
    });
    const why = "/bin/tcsh is no shell that readygo can trace";
    expect(origins.variables["GOROOT"]).toEqual({ kind: "unknown", why });
  });
});

function answerOf(origins: ShellOrigins, of: string, account: Account): string {
  const origin = of === "alias" || of === "function" ? origins[of] : (origins.variables[of] ?? origins.directories[of]);
  if (origin === undefined) return "no answer";
  return describeTracedOrigin(origin)?.replace(`${account.home}/`, "~/") ?? origin.kind;
}

/** The marked line of a case's files, or what the case says. */
function expectedOf({ files, is }: OriginCase): string {
  const name = (path: string): string => (path.startsWith("/") ? path : `~/${path}`);
  const [first = ""] = Object.keys(files);
  const [, line, file = first] = /^line (\d+)(?: (.+))?$/.exec(is ?? "") ?? [];
  if (line !== undefined) return `${name(file)}:${line}`;
  if (is?.startsWith("file ") === true) return name(is.slice(5));
  if (is !== undefined) return is;
  for (const [path, text] of Object.entries(files)) {
    const at = text.split("\n").findIndex((each) => each.endsWith(here));
    if (at >= 0) return `${name(path)}:${at + 1}`;
  }
  throw new Error("a case without an answer");
}
