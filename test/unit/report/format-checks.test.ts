import type { CheckResult } from "../../../src/errors/event.ts";
import { expect, test } from "vitest";
import { formatCheck, formatChecks } from "../../../src/report/format-checks.ts";

const results: readonly CheckResult[] = [
  { id: "version", layer: 1, status: "pass", evidence: "go version go1.27.4 linux/amd64", remedy: null },
  {
    id: "which-go",
    layer: 1,
    status: "fail",
    evidence: "`command -v go` says /usr/bin/go",
    remedy: "put /usr/local/go/bin first",
  },
  { id: "interactive-shell", layer: 2, status: "skip", evidence: "sh reads no file", remedy: null },
  {
    id: "mod-download",
    layer: 3,
    status: "warn",
    evidence: "offline:\n\u001b[2Jno network",
    remedy: "connect this host",
  },
];

test("a table that needs no colour to be read", () => {
  expect(formatChecks(results, { isColor: false })).toBe(`binary
  ok    version            go version go1.27.4 linux/amd64
  FAIL  which-go           \`command -v go\` says /usr/bin/go
        hint: put /usr/local/go/bin first

environment
  skip  interactive-shell  sh reads no file

runtime
  warn  mod-download       offline: \\x1b[2Jno network
        hint: connect this host

4 checks: 1 ok, 1 FAIL, 1 warn, 1 skip`);
});

test("layers without checks, and counts of nothing, are left out", () => {
  expect(formatChecks(results.slice(0, 1), { isColor: false })).toBe(
    "binary\n  ok    version            go version go1.27.4 linux/amd64\n\n1 check: 1 ok",
  );
  expect(formatChecks([], { isColor: false })).toBe("0 checks");
});

test("colour adds nothing but colour", () => {
  const painted = formatCheck(results[1] as CheckResult, { isColor: true });
  expect(painted).toContain("\u001b[31mFAIL\u001b[39m");
  // oxlint-disable-next-line no-control-regex -- colour is what is taken away
  expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(formatCheck(results[1] as CheckResult, { isColor: false }));
});
