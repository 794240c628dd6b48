import { markup, type Markup } from "./markup.ts";
import { listReportCases, type ReportCase } from "./report-cases.ts";
import type { Result } from "../result/result-shape.ts";
import { visibleLine } from "./visible-text.ts";

/** JUnit XML by the schema of Jenkins' xunit plugin (junit-10.xsd): a suite for each layer or group. */
export function formatJunit(result: Result): string {
  const cases = listReportCases(result);
  const { startedAt, host, durationMs } = result;
  const suites = [...Map.groupBy(cases, ({ group }) => group)].map(
    ([group, own]) =>
      markup`  <testsuite name="readygo.${group}" ${countCases(own)} timestamp="${startedAt.slice(0, 19)}" hostname="${visibleLine(host.name)}">
    <properties>${listProperties(result).map(([name, value]) => markup`<property name="${name}" value="${visibleLine(value)}"/>`)}</properties>
${own.map((each) => formatCase(result, each))}  </testsuite>
`,
  );
  const text = markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="readygo" time="${seconds(durationMs)}" tests="${cases.length}" failures="${countOf(cases, "fail")}" errors="${countOf(cases, "error")}">
${suites}</testsuites>
`;
  return text.toString();
}

function countCases(cases: readonly ReportCase[]): Markup {
  const time = cases.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  return markup`tests="${cases.length}" failures="${countOf(cases, "fail")}" errors="${countOf(cases, "error")}" skipped="${countOf(cases, "skip")}" time="${seconds(time)}"`;
}

function countOf(cases: readonly ReportCase[], status: ReportCase["status"]): number {
  return cases.filter((each) => each.status === status).length;
}

function listProperties({ readygo, command, version, exit }: Result): readonly (readonly [string, string])[] {
  return [
    ["readygo", readygo],
    ["command", command],
    ["go", version ?? ""],
    ["exit", String(exit)],
  ];
}

function formatCase({ command }: Result, { group, name, status, evidence, remedies, durationMs }: ReportCase): Markup {
  const text = [...evidence, ...remedies.map((remedy) => `to do: ${remedy}`)].join("\n");
  const message = visibleLine(evidence[0] ?? "");
  const time = durationMs === null ? "" : markup` time="${seconds(durationMs)}"`;
  const inside = {
    pass: markup`<system-out>${text}</system-out>`,
    // There is no word for it in the format: it passes, and says so.
    warn: markup`<system-out>warning: ${text}</system-out>`,
    skip: markup`<skipped message="${message}"/>`,
    fail: markup`<failure type="fail" message="${message}">${text}</failure>`,
    error: markup`<error type="error" message="${message}">${text}</error>`,
  }[status];
  return markup`    <testcase classname="readygo.${command === "" ? "run" : visibleLine(command)}.${group}" name="${visibleLine(name)}"${time}>${inside}</testcase>
`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
