import type { CheckResult, ContextRow } from "../errors/event.ts";
import type { Change } from "../plan/plan.ts";

/** The error object of `--json` (house contract, *Errors*). */
export interface JsonError {
  readonly code: string;
  readonly summary: string;
  readonly details: Readonly<Record<string, string>>;
  readonly cause: string | null;
  readonly remedy: readonly string[];
  readonly exit: number;
}

/** The one object that `--json` prints on stdout (house contract). */
export interface JsonResult {
  readonly command: string;
  readonly status: "unchanged" | "changed" | "planned" | "failed";
  readonly version: string | null;
  readonly previous: string | null;
  readonly changes: readonly Change[];
  readonly checks: readonly CheckResult[];
  /** Of commands that run the checks: what `go` means however a process starts. */
  readonly contexts?: readonly ContextRow[];
  readonly error: JsonError | null;
  readonly durationMs: number;
}
