import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createReporter, type ReporterMode } from "../../../src/report/create-reporter.ts";
import type { ReportEvent } from "../../../src/errors/event.ts";
import { collect } from "./collect.ts";

const events: readonly ReportEvent[] = [
  { kind: "step", text: "downloading go1.27.4" },
  { kind: "progress", receivedBytes: 0, totalBytes: 60_000_000 },
  { kind: "progress", receivedBytes: 60_000_000, totalBytes: 60_000_000 },
  { kind: "warning", text: "the publisher cannot be reached", remedy: "set HTTPS_PROXY" },
  { kind: "warning", text: "sudo drops GOPROXY" },
  { kind: "notice", text: "using\nthe module proxy \u001b[5m" },
  { kind: "step", text: "verifying" },
  { kind: "check", result: { id: "version", layer: 1, status: "pass", evidence: "go1.27.4", remedy: null } },
  { kind: "check", result: { id: "goproxy", layer: 2, status: "warn", evidence: "overridden", remedy: "look" } },
  { kind: "notice", text: "go1.27.4 is in place" },
];

function report(mode: ReporterMode): string {
  const { stream, text } = collect();
  const reporter = createReporter({ mode, isColor: false, stderr: stream });
  for (const event of events) reporter.emit(event);
  reporter.close();
  return text();
}

test("plain: a line a step", () => {
  expect(report("plain")).toBe(`downloading go1.27.4
warning: the publisher cannot be reached
  hint: set HTTPS_PROXY
warning: sudo drops GOPROXY
using the module proxy \\x1b[5m
verifying
  ok    version            go1.27.4
  warn  goproxy            overridden
        hint: look
go1.27.4 is in place
`);
});

test("quiet: what somebody has to act on", () => {
  expect(report("quiet")).toBe(`warning: the publisher cannot be reached
  hint: set HTTPS_PROXY
warning: sudo drops GOPROXY
  warn  goproxy            overridden
        hint: look
`);
});

test("plain: a long transfer has a line every ten seconds", () => {
  const { stream, text } = collect();
  let at = 0;
  const reporter = createReporter({ mode: "plain", isColor: false, stderr: stream, nowMs: () => at });
  reporter.emit({ kind: "step", text: "downloading" });
  for (; at <= 25_000; at += 500) reporter.emit({ kind: "progress", receivedBytes: at * 1000, totalBytes: 30_000_000 });
  reporter.close();
  expect(text()).toBe(`downloading
  10.0 MB of 30.0 MB, 1.0 MB/s, 20 s left
  20.0 MB of 30.0 MB, 1.0 MB/s, 10 s left
`);
});

/** What the events, 30 ms apart, put on a terminal so many columns wide, without what moves the cursor. */
function onTerminal(columns: number): string {
  const directory = mkdtempSync(join(tmpdir(), "readygo-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const program = join(directory, "report.mts");
  const source = new URL("../../../src/report/create-reporter.ts", import.meta.url).href;
  writeFileSync(
    program,
    `import { createReporter } from ${JSON.stringify(source)};
const reporter = createReporter({ mode: "terminal", isColor: false, stderr: process.stderr });
for (const event of ${JSON.stringify(events)}) {
  reporter.emit(event);
  await new Promise((resolve) => setTimeout(resolve, event.kind === "step" ? 700 : 30));
}
reporter.close();
`,
  );
  const script = `stty cols ${columns} rows 24 -onlcr; ${process.execPath} ${program}`;
  const child = spawnSync("script", ["-qefc", script, "/dev/null"], {
    encoding: "utf8",
    timeout: 100_000,
    env: { PATH: "/usr/bin:/bin", TERM: "xterm", LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1024 * 1024,
  });
  expect(child.error).toBeUndefined();
  // oxlint-disable-next-line no-control-regex -- the terminal's own words
  return child.stdout.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "\r");
}

const lasting = (text: string): readonly string[] =>
  text.split("\n").map((line) => line.split("\r").findLast((part) => part !== "") ?? "");

test("terminal: a spinner with progress, and what lasts above it", () => {
  const text = onTerminal(120);
  expect(text).toMatch(/⠋ downloading go1\.27\.4\r/);
  expect(text).toMatch(/. verifying {2}1 done\r/);
  expect(lasting(text).slice(0, -1)).toEqual([
    "warning: the publisher cannot be reached",
    "  hint: set HTTPS_PROXY",
    "warning: sudo drops GOPROXY",
    "using the module proxy \\x1b[5m",
    expect.stringMatching(/^downloading go1\.27\.4 {2}60\.0 MB of 60\.0 MB/),
    "verifying",
    "  ok    version            go1.27.4",
    "  warn  goproxy            overridden",
    "        hint: look",
    "go1.27.4 is in place",
  ]);
});

test("a terminal that says it is 0 columns wide gets plain lines", () => {
  const text = onTerminal(0);
  expect(text).toBe(report("plain"));
});
