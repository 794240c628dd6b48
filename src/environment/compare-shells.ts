import type { ShellAnswer } from "./shell-answer.ts";

const goBin = "/usr/local/go/bin";

/**
 * What a shell has lost from one answer to a later one, as an end of the sentence "the shell …"; undefined where nothing.
 * `again` is a third answer, after the later one: what changes from one start to the next (a directory that a tool makes
 * for each shell) is nobody's loss.
 */
export function describeLoss(before: ShellAnswer, after: ShellAnswer, again: ShellAnswer): string | undefined {
  if (before.kind !== "answered") return undefined;
  if (after.kind !== "answered" || again.kind !== "answered") {
    const [silent] = [after, again].filter(({ kind }) => kind !== "answered");
    return after.kind === again.kind && silent !== undefined && "why" in silent
      ? `does not answer any more: ${silent.why}`
      : undefined;
  }
  const [entriesBefore, entriesAfter, entriesAgain] = [before, after, again].map(({ env }) => listEntries(env)) as [
    ReadonlySet<string>,
    ReadonlySet<string>,
    ReadonlySet<string>,
  ];
  const lost = [...entriesBefore].filter((entry) => !entriesAfter.has(entry) && !entriesAgain.has(entry));
  const passing = [...entriesAfter].filter((entry) => !entriesAgain.has(entry));
  if (lost.length > passing.length) return `has lost from PATH: ${lost.join(", ")}`;
  const names = Object.keys(before.env).filter(
    (name) => name !== "GOROOT" && after.env[name] === undefined && again.env[name] === undefined,
  );
  return names.length === 0 ? undefined : `has lost variables: ${names.join(", ")}`;
}

function listEntries(env: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set((env["PATH"] ?? "").split(":").filter((entry) => entry !== goBin));
}

/** Whether a second answer is needed to tell: the first one alone shows no loss. */
export function mayHaveLost(before: ShellAnswer, after: ShellAnswer): boolean {
  return describeLoss(before, after, after) !== undefined;
}
