import type { DoctorFinding, Group } from "../doctor/diagnostic.ts";
import { groups } from "../doctor/diagnostic.ts";
import type { DiagnosticResult } from "../doctor/run-diagnostics.ts";
import { onlyRoot } from "../verify/check.ts";
import { formatHint } from "./format-checks.ts";
import { formatRemedy } from "../errors/remedy.ts";
import { type Colour, paint, printableLine } from "./printable.ts";
import type { Result } from "./result/result-shape.ts";
import { wrapText } from "./wrap-text.ts";

const colours = { error: "red", warning: "yellow", info: "dim" } as const satisfies Record<
  DoctorFinding["severity"],
  Colour
>;
const markWidth = "warning".length;

export interface FormatOptions {
  readonly isColor: boolean;
  readonly columns: number;
  /** Also what was looked at and is as it should be, with the time of each. */
  readonly isVerbose: boolean;
  /** Only what somebody has to act on. */
  readonly isQuiet: boolean;
  /** Whose shells and home were looked at first: commands to be pasted name them. */
  readonly account: string;
}

const indent = " ".repeat(2 + markWidth + 2);

/** A paragraph for each group that has findings, what could not be looked at, and a line that counts. */
export function formatFindings(all: readonly DiagnosticResult[], options: FormatOptions): string {
  const results = options.isQuiet ? all.map(leaveOutInfos) : all;
  const paragraphs = groups.flatMap((group) => formatGroup(group, results, options));
  const skipped = results.filter((result) => result.skipped !== null && result.skipped !== onlyRoot);
  const forRoot = results.filter((result) => result.skipped === onlyRoot);
  if (options.isQuiet) return paragraphs.join("\n\n");
  const unseen = [
    ...adviseOrder(results),
    ...(options.isVerbose || skipped.length === 0
      ? []
      : describeSkipped(skipped).map((line) => wrapText(line, { columns: options.columns, first: "", rest: "  " }))),
    ...(forRoot.length === 0 ? [] : [`${forRoot.length} need root:  sudo readygo doctor`]),
  ];
  return [...paragraphs, [...unseen, countFindings(results)].join("\n")].join("\n\n");
}

function leaveOutInfos(result: DiagnosticResult): DiagnosticResult {
  return { ...result, findings: result.findings.filter(({ severity }) => severity !== "info") };
}

/** Lines that are deleted one after another are others by their numbers. */
function adviseOrder(results: readonly DiagnosticResult[]): readonly string[] {
  const files = results.flatMap(({ findings }) =>
    findings.flatMap(({ remedy }) => (remedy.kind === "edit" ? [remedy.file] : [])),
  );
  const repeated = [...new Set(files.filter((file, at) => files.indexOf(file) !== at))];
  return repeated.map((file) => `lines of ${file}: the last one first, since deleting one renumbers those below it`);
}

function formatGroup(group: Group, results: readonly DiagnosticResult[], options: FormatOptions): readonly string[] {
  const own = results.filter(({ diagnostic }) => diagnostic.group === group);
  const rows = own.flatMap((result) => [
    ...result.findings.map((finding) => formatFinding(result, finding, options)),
    ...(options.isVerbose && result.findings.length === 0 ? [formatQuiet(result)] : []),
  ]);
  return rows.length === 0 ? [] : [[paint(group, "bold", options.isColor), ...rows].join("\n")];
}

function formatFinding(
  { diagnostic }: DiagnosticResult,
  finding: DoctorFinding,
  { isColor, columns, account: looked }: FormatOptions,
): string {
  const { severity, evidence, account, origins, remedy, fix } = finding;
  const label = (text: string): string => paint(text, "cyan", isColor);
  const missing = origins.filter((origin) => !evidence.includes(origin));
  const whose = account === null || evidence.includes(account) ? "" : `${account}: `;
  const wrap = (first: string, text: string): string => wrapText(text, { columns, first, rest: `${indent}  ` });
  // The mark is painted after wrapping: escape codes take no column.
  const head = wrap(`  ${severity.padEnd(markWidth)}  `, `${diagnostic.id}: ${whose}${printableLine(evidence)}`);
  const lines = [
    head.replace(severity, paint(severity, colours[severity], isColor)),
    ...(missing.length === 0
      ? []
      : [wrap(`${indent}at: `, missing.map(printableLine).join(", ")).replace("at:", label("at:"))]),
    ...(severity === "info" ? [] : [wrap(`${indent}why: `, diagnostic.why).replace("why:", label("why:"))]),
    formatHint(formatRemedy(remedy), { isColor, columns, indent }),
    ...(fix === null ? [] : [`${indent}${label("fix:")} sudo readygo doctor ${diagnostic.id} --fix --user ${looked}`]),
  ];
  return lines.join("\n");
}

function formatQuiet({ diagnostic, skipped, durationMs }: DiagnosticResult): string {
  const what = skipped === null ? `ok, ${durationMs} ms` : `not looked at: ${printableLine(skipped)}`;
  return `  ${"-".padEnd(markWidth)}  ${diagnostic.id}: ${what}`;
}

function describeSkipped(skipped: readonly DiagnosticResult[]): readonly string[] {
  const byReason = Map.groupBy(skipped, ({ skipped: why }) => why ?? "");
  return [...byReason].map(
    ([why, results]) =>
      `not looked at (${printableLine(why)}): ${results.map(({ diagnostic }) => diagnostic.id).join(", ")}`,
  );
}

/** `nothing is wrong: 60 diagnostics`, or `60 diagnostics: 1 error, 2 warnings`. */
function countFindings(results: readonly DiagnosticResult[]): string {
  const findings = results.flatMap((result) => result.findings);
  const counts = (["error", "warning", "info"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 || severity === "info" ? "" : "s"}`];
  });
  const looked = results.filter(({ skipped }) => skipped === null).length;
  const total = `${looked} diagnostic${looked === 1 ? "" : "s"}`;
  const isWrong = findings.some(({ severity }) => severity !== "info");
  return `${isWrong ? "" : "nothing is wrong: "}${[total, ...(counts.length === 0 ? [] : [counts.join(", ")])].join(", ")}`;
}

/** What `--json` has of a finding. */
export function toJsonFindings(results: readonly DiagnosticResult[]): NonNullable<Result["findings"]> {
  return results.flatMap(({ diagnostic: { id, group, why }, findings }) =>
    findings.map(({ severity, account, evidence, origins, remedy, fix }) => ({
      id,
      group,
      severity,
      account,
      evidence,
      origins,
      why,
      remedy: { ...remedy, text: formatRemedy(remedy) },
      fix,
    })),
  );
}
