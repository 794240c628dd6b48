import { stringify } from "yaml";
import { listReportCases, type ReportCase } from "./report-cases.ts";
import type { Result } from "../result/result-shape.ts";
import { visibleLine, visibleText } from "./visible-text.ts";

/** TAP version 14; a warning passes, and says so in its YAML block. */
export function formatTap(result: Result): string {
  const cases = listReportCases(result);
  const { command, host, version } = result;
  const about = [`readygo ${command}`, host.name, version ?? ""].filter((word) => word !== "").join(", ");
  return [
    "TAP version 14",
    `1..${cases.length}`,
    `# ${escapeWords(about)}`,
    ...cases.flatMap((each, at) => formatCase(each, at + 1)),
    "",
  ].join("\n");
}

function formatCase(each: ReportCase, number: number): readonly string[] {
  const { group, name, status, evidence } = each;
  const isOk = status !== "fail" && status !== "error";
  const head = `${isOk ? "ok" : "not ok"} ${number} - ${escapeWords(`${group}: ${name}`)}`;
  if (status === "skip") return [`${head} # SKIP ${escapeWords(evidence[0] ?? "")}`];
  return [head, ...formatBlock(each)];
}

/** `  ---`, YAML, `  ...` below what it tells of. */
function formatBlock({ status, evidence, remedies, durationMs }: ReportCase): readonly string[] {
  const block = {
    ...(status === "pass" ? {} : { severity: status === "warn" ? "warning" : status }),
    evidence: evidence.map((text) => visibleText(text)),
    ...(remedies.length === 0 ? {} : { remedy: remedies.map((text) => visibleText(text)) }),
    ...(durationMs === null ? {} : { duration_ms: durationMs }),
  };
  // Not folded: some consumers read a line at a time.
  const lines = stringify(block, { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" })
    .trimEnd()
    .split("\n");
  return ["---", ...lines, "..."].map((line) => `  ${line}`);
}

/** In a description `#` begins a directive. */
function escapeWords(text: string): string {
  return visibleLine(text).replaceAll("\\", "\\\\").replaceAll("#", "\\#");
}
