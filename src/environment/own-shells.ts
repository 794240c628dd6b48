import { posix } from "node:path";
import type { Account, Processes, ReadFiles } from "../host/ports.ts";
import { createShellAsker, type ShellAsker } from "./ask-shell.ts";
import { readHomeTexts } from "./home-texts.ts";
import { type Environment, valuesOf } from "./setting.ts";
import type { ShellAnswer, ShellAnswers, OwnShellMode } from "./shell-answer.ts";
import { dialectOf, readsFiles } from "./shell-question.ts";
import { deriveLogin } from "./starts/login.ts";
import { joinTexts, openSystemTexts } from "./texts.ts";

export interface AskPorts {
  readonly files: ReadFiles;
  readonly processes: Processes;
}

/** What a login shell of the account is started with. */
export async function startLogin({ files, processes }: AskPorts, account: Account): Promise<Environment> {
  return deriveLogin(joinTexts(await readHomeTexts(processes, account), openSystemTexts(files)), account);
}

/**
 * The account's own shell, as the account, with its real home (its files are what is looked at) and no terminal. An
 * interactive one is asked after its first prompt.
 */
export async function askOwnShell(
  shells: ShellAsker,
  account: Account,
  request: { readonly mode: OwnShellMode; readonly start: Environment; readonly timeoutMs: number },
): Promise<ShellAnswer> {
  const { mode, start: environment, timeoutMs } = request;
  const { shell } = account;
  const name = posix.basename(shell);
  const dialect = dialectOf(shell);
  if (["nologin", "false"].includes(name)) return { kind: "unasked", why: `nobody logs in with ${shell}` };
  if (dialect === undefined) {
    return {
      kind: "unasked",
      why: `${shell} is no shell that readygo can ask; it can ask bash, zsh, fish, tcsh, dash and sh`,
    };
  }
  const started = mode === "login" ? "login" : "terminal";
  if (!readsFiles(dialect, started, environment)) {
    return { kind: "unasked", why: `${name} reads no file of its own when it is ${mode}` };
  }
  const outcome = await shells.ask({
    account,
    shell,
    mode: started,
    environment,
    timeoutMs: () => timeoutMs,
    // A login file that hangs says nothing of a terminal.
    isAskedAnyway: true,
  });
  if (outcome.kind === "answered") return { kind: "answered", go: outcome.go, env: valuesOf(outcome.environment) };
  if (outcome.kind === "silent") return { kind: "silent", why: outcome.why };
  return { kind: "unasked", why: `${name} reads no file of its own` };
}

/** Both at once: a shell waits for its own files most of the time. */
export async function askOwnShells(ports: AskPorts, account: Account, timeoutMs: number): Promise<ShellAnswers> {
  const start = await startLogin(ports, account);
  const shells = createShellAsker(ports.processes);
  const [login, interactive] = await Promise.all([
    askOwnShell(shells, account, { mode: "login", start, timeoutMs }),
    askOwnShell(shells, account, { mode: "interactive", start, timeoutMs }),
  ]);
  return { login, interactive };
}
