import { absolutePath } from "../host/absolute-path.ts";
import { describeRun } from "../host/child/describe-run.ts";
import type { Account, Processes, ReadFiles } from "../host/ports.ts";
import { loginEnvironment } from "./login-environment.ts";
import { questionShell, readShellWords, type ShellMode, type ShellWords } from "./shell-question.ts";

/**
 * - `answered`: the shell read its files and told what it has
 * - `silent`: it was started and did not come to answering
 * - `unasked`: there is nothing to ask
 */
export type ShellAnswer =
  | ({ readonly kind: "answered" } & ShellWords)
  | { readonly kind: "silent"; readonly why: string }
  | { readonly kind: "unasked"; readonly why: string };

export interface AskPorts {
  readonly files: ReadFiles;
  readonly processes: Processes;
}

/** The account's own shell, as the account, with its real home (its files are what is looked at) and no terminal. */
export async function askShell(
  { files, processes }: AskPorts,
  account: Account,
  { mode, timeoutMs }: { readonly mode: ShellMode; readonly timeoutMs: number },
): Promise<ShellAnswer> {
  const question = questionShell(account.shell, mode);
  if ("unasked" in question) return { kind: "unasked", why: question.unasked };
  try {
    const result = await processes.run({
      argv: question.argv,
      env: loginEnvironment(files, account),
      cwd: absolutePath("/"),
      asUser: account,
      timeoutMs,
    });
    const words = result.endedBy !== null ? undefined : readShellWords(result.stdout);
    if (words !== undefined) return { kind: "answered", ...words };
    return { kind: "silent", why: `${account.shell} did not answer: ${describeRun(result, timeoutMs)}` };
  } catch (error) {
    return { kind: "silent", why: error instanceof Error ? error.message : String(error) };
  }
}

/** What an account's shells have, in the ways in which people start them. */
export interface ShellAnswers {
  readonly login: ShellAnswer;
  readonly interactive: ShellAnswer;
}

/** Both at once: a shell waits for its own files most of the time. */
export async function askShells(ports: AskPorts, account: Account, timeoutMs: number): Promise<ShellAnswers> {
  const [login, interactive] = await Promise.all([
    askShell(ports, account, { mode: "login", timeoutMs }),
    askShell(ports, account, { mode: "interactive", timeoutMs }),
  ]);
  return { login, interactive };
}
