import { askOwnShell, startLogin } from "../environment/own-shells.ts";
import type { ShellAnswer, ShellMode } from "../environment/shell-answer.ts";
import { type CheckContext, oncePerContext } from "./check.ts";

/** What the account's shells are started with, with the file and line of each value. */
export const readLoginStart = oncePerContext((context) => startLogin(context, context.account));

const askLoginShell = oncePerContext((context) => ask(context, "login"));
const askInteractiveShell = oncePerContext((context) => ask(context, "interactive"));

/** The account's shell, asked once for all checks of a run. */
export function askShell(context: CheckContext, mode: ShellMode): Promise<ShellAnswer> {
  return mode === "login" ? askLoginShell(context) : askInteractiveShell(context);
}

async function ask(context: CheckContext, mode: ShellMode): Promise<ShellAnswer> {
  const start = await readLoginStart(context);
  return askOwnShell(context, context.account, { mode, start, timeoutMs: context.timeoutMs });
}
