import { places } from "../host/places.ts";
import type { ShellAnswer } from "./shell-answer.ts";

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
  const now = listEntries(after.env);
  const later = listEntries(again.env);
  const lost = [...listEntries(before.env)].filter((entry) => !now.has(entry) && !later.has(entry));
  const passing = [...now].filter((entry) => !later.has(entry));
  if (lost.length > passing.length) return `has lost from PATH: ${lost.join(", ")}`;
  const names = Object.keys(before.env).filter(
    (name) => name !== "GOROOT" && after.env[name] === undefined && again.env[name] === undefined,
  );
  return names.length === 0 ? undefined : `has lost variables: ${names.join(", ")}`;
}

function listEntries(env: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set((env["PATH"] ?? "").split(":").filter((entry) => entry !== places.goBin));
}

/** Whether a second answer is needed to tell: the first one alone shows no loss. */
export function mayHaveLost(before: ShellAnswer, after: ShellAnswer): boolean {
  return describeLoss(before, after, after) !== undefined;
}
