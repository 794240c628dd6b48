import { absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { describeRun } from "../host/child/describe-run.ts";
import type { Account, Processes } from "../host/ports.ts";
import type { ShellMode } from "./launch-context.ts";
import { dialectOf, questionShell, readShellAnswer, readsFiles, type ShellGo } from "./shell-question.ts";
import { type Environment, valuesOf } from "./setting.ts";

/** What a shell makes of what it was started with. */
export type ShellOutcome =
  /** It reads nothing so started, and was not started. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "answered"; readonly environment: Environment; readonly go: ShellGo }
  | { readonly kind: "silent"; readonly why: string };

export interface ShellRun {
  readonly account: Account;
  readonly shell: string;
  readonly mode: ShellMode;
  readonly environment: Environment;
}

export interface ShellAsker {
  ask(run: ShellRun): Promise<ShellOutcome>;
}

/** Asks each shell once, for each account, mode and start; every answer within `timeoutMs`, and none after `deadline`. */
export function createShellAsker(
  processes: Processes,
  { timeoutMs, leftMs }: { readonly timeoutMs: number; readonly leftMs: () => number },
): ShellAsker {
  const known = new Map<string, Promise<ShellOutcome>>();
  return {
    ask(run) {
      const { account, shell, mode, environment } = run;
      const key = JSON.stringify([
        account.uid,
        shell,
        mode,
        [...environment].map(([name, { value }]) => `${name}=${value}`).toSorted(),
      ]);
      let outcome = known.get(key);
      if (outcome === undefined) {
        outcome = askOnce(processes, run, Math.min(timeoutMs, leftMs()));
        known.set(key, outcome);
      }
      return outcome;
    },
  };
}

async function askOnce(processes: Processes, run: ShellRun, timeoutMs: number): Promise<ShellOutcome> {
  const { account, mode, environment } = run;
  const shell = parseAbsolutePath(run.shell);
  const dialect = dialectOf(run.shell);
  if (shell === undefined || dialect === undefined) {
    return { kind: "silent", why: `${run.shell} is no shell that readygo can ask` };
  }
  if (!readsFiles(dialect, mode, environment)) return { kind: "unchanged" };
  if (timeoutMs <= 0) return { kind: "silent", why: "the other shells took all the time that there was" };
  const { argv, input } = questionShell(shell, dialect, mode);
  try {
    const result = await processes.run({
      argv,
      input,
      env: { ...valuesOf(environment), ...extra(mode) },
      cwd: absolutePath("/"),
      asUser: account,
      timeoutMs,
    });
    const answer = result.endedBy === null ? readShellAnswer(result.stdout) : undefined;
    if (answer !== undefined) {
      return { kind: "answered", environment: tellApart(environment, answer.env, run.shell), go: answer.go };
    }
    return { kind: "silent", why: `${run.shell} did not answer: ${describeRun(result, timeoutMs)}` };
  } catch (error) {
    return { kind: "silent", why: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A terminal has a name, and rc files that stop at `dumb` go on. Ubuntu's /etc/zsh/zshrc would write ~/.zcompdump; a
 * question writes nothing in a home.
 */
function extra(mode: ShellMode): Readonly<Record<string, string>> {
  const isTerminal = mode === "terminal" || mode === "login-terminal";
  return { skip_global_compinit: "1", ...(isTerminal ? { TERM: "xterm-256color" } : {}) };
}

/** What the shell left as it was keeps its origin. */
function tellApart(before: Environment, after: Readonly<Record<string, string>>, shell: string): Environment {
  return new Map(
    Object.entries(after).map(([name, value]) => {
      const setting = before.get(name);
      return [name, setting?.value === value ? setting : { value, origin: { kind: "shell", shell } }] as const;
    }),
  );
}
