import type { ShellGo } from "./shell-question.ts";

/** The two ways in which people meet a shell: as a login shell, and in a terminal window. */
export type OwnShellMode = "login" | "interactive";

/**
 * - `answered`: the shell read its files and told what it has
 * - `silent`: it was started and did not come to answering
 * - `unasked`: there is nothing to ask
 */
export type ShellAnswer =
  | { readonly kind: "answered"; readonly go: ShellGo; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: "silent"; readonly why: string }
  | { readonly kind: "unasked"; readonly why: string };

/** What an account's shells have. */
export interface ShellAnswers {
  readonly login: ShellAnswer;
  readonly interactive: ShellAnswer;
}

/** The path of the program that a shell runs for `go`; undefined for an alias, a function or nothing. */
export function programOf(answer: ShellAnswer): string | undefined {
  return answer.kind === "answered" && answer.go.kind === "program" ? answer.go.path : undefined;
}
