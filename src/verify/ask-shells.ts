import { createShellAsker } from "../environment/ask-shell.ts";
import { askOwnShell, startLogin } from "../environment/own-shells.ts";
import type { ShellAnswer, OwnShellMode } from "../environment/shell-answer.ts";
import { type CheckContext, oncePerContext } from "./check.ts";

/** What the account's shells are started with, with the file and line of each value. */
export const readLoginStart = oncePerContext((context) => startLogin(context, context.account));

/** One for all checks of a run: what several of them ask of a shell is asked once. */
export const openShells = oncePerContext(async ({ processes }) => createShellAsker(processes));

const askLoginShell = oncePerContext((context) => ask(context, "login"));
const askInteractiveShell = oncePerContext((context) => ask(context, "interactive"));

/** The account's shell, asked once for all checks of a run. */
export function askShell(context: CheckContext, mode: OwnShellMode): Promise<ShellAnswer> {
  return mode === "login" ? askLoginShell(context) : askInteractiveShell(context);
}

async function ask(context: CheckContext, mode: OwnShellMode): Promise<ShellAnswer> {
  const start = await readLoginStart(context);
  return askOwnShell(await openShells(context), context.account, { mode, start, timeoutMs: context.timeoutMs });
}
