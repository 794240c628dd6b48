import type { Result } from "../result/result-shape.ts";

/** One thing that was looked at, as formats of test results have it. */
export interface ReportCase {
  /** `binary`, `environment`, `runtime`; doctor's groups; the command, for what ended it. */
  readonly group: string;
  readonly name: string;
  /** `error`: the run ended before it could say more. */
  readonly status: "pass" | "fail" | "warn" | "skip" | "error";
  /** What was seen, a line for each finding. */
  readonly evidence: readonly string[];
  readonly remedies: readonly string[];
  readonly durationMs: number | null;
}

const layerNames = { 1: "binary", 2: "environment", 3: "runtime" } as const;

/** Codes of errors that say again what checks or findings say. */
const summingUp: ReadonlySet<string> = new Set(["verify-failed", "gate-failed", "problems-found", "tree-not-public"]);

/** Checks, diagnostics, and what ended the run; never empty, since consumers take an empty report for a lost one. */
export function listReportCases(result: Result): readonly ReportCase[] {
  const cases = [...listChecks(result), ...listDiagnostics(result)];
  const ended = describeEnd(result, cases.length > 0);
  return [...cases, ...ended];
}

function listChecks({ checks, timings }: Result): readonly ReportCase[] {
  const seen = new Map<string, number>();
  return checks.map(({ id, layer, status, evidence, remedy }) => {
    // doctor has a check for each tree, all of one name.
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return {
      group: layerNames[layer],
      name: count === 1 ? id : `${id} ${count}`,
      status,
      evidence: [evidence],
      remedies: remedy === null ? [] : [remedy],
      durationMs: timings.find(({ kind, name }) => kind === "check" && name === id)?.durationMs ?? null,
    };
  });
}

function listDiagnostics({ diagnostics = [], findings = [], failOn = "error" }: Result): readonly ReportCase[] {
  return diagnostics.flatMap((diagnostic) => {
    if (!("durationMs" in diagnostic)) return [];
    const { id, group, status, why, durationMs } = diagnostic;
    const own = findings.filter((finding) => finding.id === id);
    const isBad = own.some(({ severity }) => severity === "error" || severity === failOn);
    const isWarning = own.some(({ severity }) => severity === "warning");
    return [
      {
        group,
        name: id,
        status: status === "skipped" ? "skip" : isBad ? "fail" : isWarning ? "warn" : "pass",
        evidence: status === "skipped" ? [why ?? ""] : own.map((each) => `${each.severity}: ${each.evidence}`),
        remedies: own.map(({ remedy }) => remedy.text),
        durationMs,
      },
    ];
  });
}

function describeEnd({ command, error, durationMs, status }: Result, hasCases: boolean): readonly ReportCase[] {
  const name = command === "" ? "readygo" : command;
  if (error === null || (hasCases && summingUp.has(error.code))) {
    if (hasCases) return [];
    return [{ group: "run", name, status: "pass", evidence: [status], remedies: [], durationMs }];
  }
  const { code, summary, details, cause, remedy } = error;
  const facts = Object.entries(details).map(([key, value]) => `${key}: ${value}`);
  const evidence = [`${code}: ${summary}`, ...facts, ...(cause === null ? [] : [`cause: ${cause}`])];
  return [{ group: "run", name, status: "error", evidence, remedies: remedy, durationMs }];
}
