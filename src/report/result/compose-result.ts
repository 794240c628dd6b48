import type { CheckResult, ContextRow, Timing } from "../../errors/event.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import type { Result, ResultError, ResultExtras } from "./result-shape.ts";
import type { RunRecord } from "./run-record.ts";

/** What a command says of its run. */
export interface RunOutcome {
  readonly command: string;
  readonly status: Result["status"];
  readonly exit: number;
  readonly version: string | null;
  readonly previous: string | null;
  readonly changes: Result["changes"];
  readonly checks: readonly CheckResult[];
  readonly contexts: readonly ContextRow[] | undefined;
  readonly error: ResultError | null;
  readonly extra: ResultExtras;
}

export interface RunFacts {
  /** readygo's own version. */
  readonly readygo: string;
  readonly host: Result["host"];
  readonly record: RunRecord;
  /** Of checks and diagnostics. */
  readonly timings: readonly Timing[];
}

/** The one object of a run. Passwords and tokens are cut out of it here, whoever put them in. */
export function composeResult(outcome: RunOutcome, { readygo, host, record, timings }: RunFacts): Result {
  const { command, status, exit, version, previous, changes, checks, contexts, error, extra } = outcome;
  const { startedMs } = record;
  // What was asked for as a text or a file is the asker's own.
  const { script, cloudConfig, ...reported } = extra;
  return {
    ...withoutSecrets({
      schema: 1,
      readygo,
      command,
      status,
      exit,
      startedAt: record.startedAt.toISOString(),
      durationMs: Math.round(performance.now() - startedMs),
      host,
      version,
      previous,
      changes,
      checks,
      ...(contexts === undefined ? {} : { contexts }),
      warnings: record.warnings.map(({ text, remedy = null }) => ({ text, remedy })),
      timings: [...record.steps(), ...timings].map(({ kind, name, startMs, durationMs }) => ({
        kind,
        name,
        startMs: Math.max(0, Math.round(startMs - startedMs)),
        durationMs: Math.round(durationMs),
      })),
      error,
      ...reported,
    }),
    ...(script === undefined ? {} : { script }),
    ...(cloudConfig === undefined ? {} : { cloudConfig }),
  };
}

/** Evidence quotes settings and what others said: a list of proxies may have a password in it. */
function withoutSecrets<Value>(value: Value): Value {
  if (typeof value === "string") return redactUrl(value) as Value & string;
  if (Array.isArray(value)) return value.map((each: unknown) => withoutSecrets(each)) as Value & unknown[];
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]: [string, unknown]) => [key, withoutSecrets(each)]);
  return Object.fromEntries(entries) as Value & object;
}
