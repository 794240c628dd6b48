import type { Result } from "../result/result-shape.ts";

export interface Verdict {
  readonly kind: "good" | "warned" | "bad";
  /** A sentence without an end; of readygo's own words and a version. */
  readonly words: string;
}

/** What somebody wants to know first. */
export function describeVerdict(result: Result): Verdict {
  const { command, status, exit, version, error, checks, findings = [] } = result;
  const go = /^go[\w.]{1,30}$/.test(version ?? "") ? (version ?? "") : "Go";
  const failed = checks.filter((check) => check.status === "fail").length;
  const warned = checks.filter((check) => check.status === "warn").length + countSeverity(findings, "warning");
  const errors = countSeverity(findings, "error");
  if (failed > 0) return { kind: "bad", words: `${go}: ${countOf(failed, "check")} failed` };
  if (errors > 0) return { kind: "bad", words: `${go}: ${countOf(errors, "problem")} found` };
  if (exit !== 0 && error !== null) return { kind: "bad", words: `${nameCommand(command)} ended with exit ${exit}` };
  const rest = warned === 0 ? "" : `, with ${countOf(warned, "warning")}`;
  const kind = warned === 0 ? "good" : "warned";
  if (command === "verify") return { kind, words: `${go} is whole and works${rest}` };
  if (command === "doctor")
    return { kind, words: warned === 0 ? `${go}: nothing is wrong` : `${go}: ${countOf(warned, "warning")}` };
  if (command === "install")
    return { kind, words: `${go} is ${status === "unchanged" ? "as asked" : "installed"}${rest}` };
  return { kind, words: `${nameCommand(command)}: ${status}${rest}` };
}

function countSeverity(findings: NonNullable<Result["findings"]>, wanted: string): number {
  return findings.filter(({ severity }) => severity === wanted).length;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** What was typed may be anything. */
function nameCommand(command: string): string {
  return /^[a-z-]{1,30}$/.test(command) ? `readygo ${command}` : "readygo";
}
