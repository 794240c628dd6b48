import type { Result } from "../../../src/report/result/result-shape.ts";
import type { CommandResult } from "./command.ts";

/** The one object that `--json` printed; a test that gets anything else fails with what was printed instead. */
export function readJson(run: CommandResult): Result & Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(run.stdout) as Result & Readonly<Record<string, unknown>>;
  } catch {
    throw new Error(`no JSON on stdout (exit ${run.status}): ${run.stdout}${run.stderr}`);
  }
}

/** Checks that did not pass, but for the one that no small release can: the public log has none of them. */
export function listTroubles({ checks }: Result): Result["checks"] {
  return checks.filter(({ id, status }) => status !== "pass" && !(id === "tree-public" && status === "skip"));
}
