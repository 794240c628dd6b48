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
  /** `isAtBound`: it was ended at a bound, as a start of it in another way would be. */
  | { readonly kind: "silent"; readonly why: string; readonly isAtBound?: boolean };

export interface ShellRun {
  readonly account: Account;
  readonly shell: string;
  readonly mode: ShellMode;
  readonly environment: Environment;
  /** Milliseconds that it may take, when its turn comes. */
  readonly timeoutMs: () => number;
  /** True where it is to be asked even though the account's shell was ended at a bound before. Default: false. */
  readonly isAskedAnyway?: boolean;
}

export interface ShellAsker {
  ask(run: ShellRun): Promise<ShellOutcome>;
}

/** What shells of one account may use together is so many times the bound of one. */
const mostAtOnce = 2;

/**
 * Asks each shell once, for each account, mode and start; two at a time, and none where no time is left. An
 * account whose shell was ended at a bound is not asked again: its files would do the same in every context.
 */
export function createShellAsker(processes: Processes): ShellAsker {
  const known = new Map<string, Promise<ShellOutcome>>();
  const atBound = new Map<number, string>();
  const takeTurn = createTurns(mostAtOnce);
  const askInTurn = (run: ShellRun): Promise<ShellOutcome> =>
    takeTurn(async () => {
      const why = atBound.get(run.account.uid);
      if (why !== undefined && run.isAskedAnyway !== true) return { kind: "silent", why };
      const outcome = await askOnce(processes, run, run.timeoutMs());
      if (outcome.kind === "silent" && outcome.isAtBound === true) atBound.set(run.account.uid, outcome.why);
      return outcome;
    });
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
        outcome = askInTurn(run);
        known.set(key, outcome);
      }
      return outcome;
    },
  };
}

/** Lets so many act at once; the others wait for their turn. */
function createTurns(most: number): <Value>(act: () => Promise<Value>) => Promise<Value> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
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
    return {
      kind: "silent",
      why: `${run.shell} did not answer: ${describeRun(result, timeoutMs)}`,
      isAtBound: result.endedBy !== null,
    };
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
