import type { JsonResult } from "../../../src/report/json-result.ts";
import type { CommandResult } from "./command.ts";

/** The one object that `--json` printed; a test that gets anything else fails with what was printed instead. */
export function readJson(run: CommandResult): JsonResult & Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(run.stdout) as JsonResult & Readonly<Record<string, unknown>>;
  } catch {
    throw new Error(`no JSON on stdout (exit ${run.status}): ${run.stdout}${run.stderr}`);
  }
}

/** Checks that did not pass, but for the one that no small release can: the public log has none of them. */
export function listTroubles({ checks }: JsonResult): JsonResult["checks"] {
  return checks.filter(({ id, status }) => status !== "pass" && !(id === "tree-public" && status === "skip"));
}
