import { askShell as ask, type ShellAnswer } from "../environment/ask-shell.ts";
import type { ShellMode } from "../environment/shell-question.ts";
import { type CheckContext, oncePerContext } from "./check.ts";

export type { ShellAnswer } from "../environment/ask-shell.ts";

const askLoginShell = oncePerContext((context) => askOwnShell(context, "login"));
const askInteractiveShell = oncePerContext((context) => askOwnShell(context, "interactive"));

/** The account's shell, asked once for all checks of a run. */
export function askShell(context: CheckContext, mode: ShellMode): Promise<ShellAnswer> {
  return mode === "login" ? askLoginShell(context) : askInteractiveShell(context);
}

function askOwnShell(context: CheckContext, mode: ShellMode): Promise<ShellAnswer> {
  return ask(context, context.account, { mode, timeoutMs: context.timeoutMs });
}
