import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createReporter, type ReporterMode } from "../../../src/report/create-reporter.ts";
import type { ReportEvent } from "../../../src/errors/event.ts";
import { readScreen } from "../../../scripts/terminal/read-screen.ts";
import { collect } from "./collect.ts";

const change = { before: "absent", after: "20 lines, 498 bytes", reason: "login shells find Go through it" };

const events: readonly ReportEvent[] = [
  { kind: "detail", text: "children are bounded by a cgroup" },
  {
    kind: "plan",
    title: "go1.27.4 linux/amd64",
    changes: [
      { ...change, verb: "create", path: "/usr/local/bin/go" },
      { ...change, verb: "create", path: "/usr/local/bin/gofmt" },
      { ...change, verb: "edit", path: "/home/ada/.profile" },
    ],
  },
  { kind: "step", text: "fetching a.zip", transfer: { verb: "download", file: "a.zip" } },
  { kind: "progress", receivedBytes: 1_000_000, totalBytes: 60_000_000 },
  { kind: "warning", text: "the publisher cannot be reached", remedy: "set HTTPS_PROXY" },
  { kind: "notice", text: "using\nthe module proxy \u001b[5m" },
  { kind: "step", text: "fetching a.tar.gz", transfer: { verb: "download", file: "a.tar.gz" } },
  { kind: "progress", receivedBytes: 0, totalBytes: 60_000_000 },
  { kind: "progress", receivedBytes: 60_000_000, totalBytes: 60_000_000 },
  { kind: "step", text: "unpacking a.tar.gz" },
  { kind: "proof", file: "a.tar.gz", roots: ["the pinned hash", "the checksum database"] },
  { kind: "step", text: "verifying" },
  { kind: "check", result: { id: "version", layer: 1, status: "pass", evidence: "go1.27.4", remedy: null } },
  { kind: "check", result: { id: "goproxy", layer: 2, status: "warn", evidence: "overridden", remedy: "look" } },
];

function report(mode: ReporterMode, isVerbose = false): string {
  const { stream, text } = collect();
  let at = 0;
  const nowMs = (): number => (at += 100);
  const reporter = createReporter({ mode, isColor: false, isVerbose, stderr: stream, nowMs });
  for (const event of events) reporter.emit(event);
  reporter.close();
  return withoutTimes(text());
}

/** How long things took is another number each time. */
const withoutTimes = (text: string): string => text.replace(/\b[\d.]+ (?:ms|s)$/gm, "N s");

const short = `go1.27.4 linux/amd64

  create   /usr/local/bin/{go,gofmt}
  edit     ~ada/.profile

warning: the publisher cannot be reached
  hint: set HTTPS_PROXY
using the module proxy \\x1b[5m

  download   a.tar.gz   60.0 MB in N s
  verified   the pinned hash, the checksum database
  checks     binary 1/1   environment 0/1   N s
  warn  goproxy            overridden
                           hint: look

`;

test("log: what is planned, what came, what proves it, and what is not ok; a source that failed has no line", () => {
  expect(report("plain")).toBe(short);
});

test("verbose: each step, each check, and why each change is made", () => {
  expect(report("plain", true)).toBe(`children are bounded by a cgroup

go1.27.4 linux/amd64

  create   /usr/local/bin/go
           absent -> 20 lines, 498 bytes
           because login shells find Go through it
  create   /usr/local/bin/gofmt
           absent -> 20 lines, 498 bytes
           because login shells find Go through it
  edit     /home/ada/.profile
           absent -> 20 lines, 498 bytes
           because login shells find Go through it

fetching a.zip
warning: the publisher cannot be reached
  hint: set HTTPS_PROXY
using the module proxy \\x1b[5m
fetching a.tar.gz
unpacking a.tar.gz

  download   a.tar.gz   60.0 MB in N s
  verified   the pinned hash, the checksum database

verifying

  ok    version            go1.27.4
  warn  goproxy            overridden
                           hint: look
  checks     binary 1/1   environment 0/1   N s

`);
});

test("quiet: what somebody has to act on", () => {
  expect(report("quiet")).toBe(`warning: the publisher cannot be reached
  hint: set HTTPS_PROXY
  warn  goproxy            overridden
                           hint: look
`);
});

test("log: a long step has a line every ten seconds", () => {
  const { stream, text } = collect();
  let at = 0;
  const reporter = createReporter({ mode: "plain", isColor: false, stderr: stream, nowMs: () => at });
  reporter.emit({ kind: "step", text: "fetching a.zip", transfer: { verb: "download", file: "a.zip" } });
  for (; at <= 25_000; at += 500) reporter.emit({ kind: "progress", receivedBytes: at * 1000, totalBytes: 30_000_000 });
  reporter.close();
  expect(text()).toBe(`  … fetching a.zip  10.0 MB of 30.0 MB, 1.0 MB/s, 20 s left
  … fetching a.zip  20.0 MB of 30.0 MB, 1.0 MB/s, 10 s left
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
  await new Promise((resolve) => setTimeout(resolve, event.kind === "step" ? 700 : 200));
}
reporter.close();
`,
  );
  const script = `stty cols ${columns} rows 24; ${process.execPath} ${program}`;
  const child = spawnSync("script", ["-qefc", script, "/dev/null"], {
    encoding: "utf8",
    timeout: 100_000,
    env: { PATH: "/usr/bin:/bin", TERM: "xterm", LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1024 * 1024,
  });
  expect(child.error).toBeUndefined();
  return child.stdout;
}

/** What is left on the screen in the end. */
const lasting = (text: string, columns: number): string =>
  withoutTimes(
    readScreen(text, columns)
      .map((line) =>
        line
          .map((part) => part.text)
          .join("")
          .trimEnd(),
      )
      .join("\n"),
  );

test.each([80, 120])("terminal of %i columns: a spinner with progress, and what lasts above it", (columns) => {
  const text = onTerminal(columns);
  expect(text).toMatch(/⠋ fetching a\.zip/);
  expect(text).toContain("fetching a.tar.gz  60.0 MB of 60.0 MB");
  expect(text).toContain("[####################]");
  expect(text).toMatch(/. verifying {2}1 done/);
  expect(lasting(text, columns).trimEnd()).toBe(short.trimEnd());
});

test("terminal of 40 columns: every line is within it", () => {
  const text = onTerminal(40);
  const lines = lasting(text, 400).split("\n");
  expect(lines.filter(({ length }) => length > 40)).toEqual([]);
});

test("a terminal that says it is 0 columns wide gets a log", () => {
  expect(withoutTimes(onTerminal(0).replaceAll("\r\n", "\n"))).toBe(short);
});
