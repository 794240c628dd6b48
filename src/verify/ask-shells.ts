import { type CheckContext, oncePerContext } from "./check.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { describeRun } from "./describe-run.ts";
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

const askLoginShell = oncePerContext((context) => ask(context, "login"));
const askInteractiveShell = oncePerContext((context) => ask(context, "interactive"));

/** The account's own shell, as the account, with its real home (its files are what is looked at) and no terminal. */
export function askShell(context: CheckContext, mode: ShellMode): Promise<ShellAnswer> {
  return mode === "login" ? askLoginShell(context) : askInteractiveShell(context);
}

async function ask(context: CheckContext, mode: ShellMode): Promise<ShellAnswer> {
  const { account, processes, files, timeoutMs } = context;
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
