import type { RunResult } from "../host/ports.ts";
import type { CheckContext } from "./check.ts";

/** What cures a go command that did not do its work: more seconds where the bound has ended it, else a whole tree again. */
export function remedyOfRun(result: RunResult, { version }: Pick<CheckContext, "version">): string {
  return result.endedBy === "time"
    ? "allow more seconds: timeout in [verify] of readygo.ini"
    : `readygo install ${version} --repair`;
}
