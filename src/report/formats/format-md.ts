import { formatDuration } from "../format-duration.ts";
import type { Result } from "../result/result-shape.ts";
import { describeVerdict } from "./describe-verdict.ts";
import { listReportCases, type ReportCase } from "./report-cases.ts";
import { visibleLine, visibleText } from "./visible-text.ts";

const marks = { pass: "ok", fail: "FAIL", warn: "warning", skip: "skipped", error: "ERROR" } as const satisfies Record<
  ReportCase["status"],
  string
>;

/**
 * Markdown to be pasted into a ticket. Everything that comes from a host stands in code: there no Markdown, HTML, mention
 * or number of an issue is read.
 */
export function formatMd(result: Result): string {
  const cases = listReportCases(result);
  const told = cases.filter(({ status }) => status !== "pass" && status !== "skip");
  const paragraphs = [
    `# ${describeVerdict(result).words}`,
    listFacts(result),
    summarize(cases),
    ...told.map(formatCase),
    ...listContexts(result),
    ...listChanges(result),
    ...listWarnings(result),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function listFacts({ command, host, version, previous, readygo, startedAt, durationMs, exit }: Result): string {
  return [
    `- command: ${code(`readygo ${command}`)}, exit ${exit}`,
    `- host: ${code(host.name)}${host.system === null ? "" : `, ${code(host.system)}`}${host.root === null ? "" : `, image ${code(host.root)}`}`,
    ...(version === null
      ? []
      : [`- release: ${code(version)}${previous === null ? "" : `, before it ${code(previous)}`}`]),
    `- readygo ${code(readygo)}, ${startedAt}, ${formatDuration(durationMs)}`,
  ].join("\n");
}

/** A row a layer or group. */
function summarize(cases: readonly ReportCase[]): string {
  const statuses = ["pass", "warn", "fail", "error", "skip"] as const;
  const rows = [...Map.groupBy(cases, ({ group }) => group)].map(([group, own]) => {
    const counts = statuses.map((status) => String(own.filter((each) => each.status === status).length));
    return `| ${name(group)} | ${counts.join(" | ")} |`;
  });
  return [`| | ${statuses.map((status) => marks[status]).join(" | ")} |`, `|---|${"---:|".repeat(5)}`, ...rows].join(
    "\n",
  );
}

function formatCase({ group, name: id, status, evidence, remedies }: ReportCase): string {
  return [
    `## ${marks[status]}: ${name(group)}, ${code(id)}`,
    fence(evidence.join("\n")),
    ...(remedies.length === 0 ? [] : ["To do:", fence(remedies.join("\n"))]),
  ].join("\n\n");
}

function listContexts({ contexts = [] }: Result): readonly string[] {
  if (contexts.length === 0) return [];
  const others = contexts.filter(({ status }) => status === "warn");
  const passed = contexts.filter(({ status }) => status === "pass").length;
  return [
    "## Launch contexts",
    [
      `- ${passed} of ${contexts.length} find this Go`,
      ...others.map(
        ({ typed, account, go, version }) =>
          `- ${code(typed)} of ${code(account)}: ${go === null ? "no go" : code(go)}${version === null ? "" : `, ${code(version)}`}`,
      ),
    ].join("\n"),
  ];
}

function listChanges({ changes, steps = [] }: Result): readonly string[] {
  const diffs = steps.flatMap(({ diff }) => (diff === null || diff === undefined ? [] : [diff]));
  if (changes.length === 0 && diffs.length === 0) return [];
  return [
    "## Changes",
    ...(changes.length === 0 ? [] : [changes.map(({ path, change }) => `- ${change} ${code(path)}`).join("\n")]),
    ...diffs.map((diff) => fence(diff, "diff")),
  ];
}

function listWarnings({ warnings }: Result): readonly string[] {
  if (warnings.length === 0) return [];
  return [
    "## Warnings",
    fence(
      warnings.flatMap(({ text, remedy }) => [text, ...(remedy === null ? [] : [`  to do: ${remedy}`])]).join("\n"),
    ),
  ];
}

/** A layer or a group; anything else is a word of somebody else's. */
function name(group: string): string {
  return /^[a-z]{1,20}$/.test(group) ? group : "other";
}

/** A code span: between more backticks than it holds in a row, so that nothing in it ends it (CommonMark, 6.1). */
function code(text: string): string {
  const line = visibleLine(text);
  if (line === "") return "(none)";
  const ticks = "`".repeat(longestRun(line) + 1);
  // One space is taken off at each end where both have one.
  return `${ticks} ${line} ${ticks}`;
}

/** A fenced block: its text cannot end it (CommonMark, 4.5). */
function fence(text: string, language = "text"): string {
  const lines = visibleText(text, mostInBlock).trimEnd();
  const ticks = "`".repeat(Math.max(3, longestRun(lines) + 1));
  return `${ticks}${language}\n${lines}\n${ticks}`;
}

const mostInBlock = 8_000;

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
