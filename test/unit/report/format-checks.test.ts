import type { CheckResult } from "../../../src/errors/event.ts";
import { expect, test } from "vitest";
import { countLayers, formatCheck, formatChecks } from "../../../src/report/format-checks.ts";

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

const plain = { isColor: false, columns: 80, isVerbose: false };

test("a line for each layer that counts, and below it what is not ok", () => {
  expect(formatChecks(results, plain)).toBe(`binary       1 of 2 ok
  FAIL  which-go           \`command -v go\` says /usr/bin/go
                           hint: put /usr/local/go/bin first
environment  0 of 1 ok
  skip  interactive-shell  sh reads no file
runtime      0 of 1 ok
  warn  mod-download       offline: \\x1b[2Jno network
                           hint: connect this host

4 checks: 1 ok, 1 FAIL, 1 warn, 1 skip`);
});

test("every check where that is asked for", () => {
  expect(formatChecks(results.slice(0, 1), { ...plain, isVerbose: true })).toBe(
    "binary       1 of 1 ok\n  ok    version            go version go1.27.4 linux/amd64\n\n1 check: 1 ok",
  );
});

test("layers without checks, and counts of nothing, are left out", () => {
  expect(formatChecks(results.slice(0, 1), plain)).toBe("binary       1 of 1 ok\n\n1 check: 1 ok");
  expect(formatChecks([], plain)).toBe("0 checks");
  expect(countLayers(results)).toBe("binary 1/2   environment 0/1   runtime 0/1");
});

test("checks that were left out for one reason have one row", () => {
  const skip = (id: string): CheckResult => ({
    id,
    layer: 2,
    status: "skip",
    evidence: "nothing is run",
    remedy: null,
  });
  expect(formatChecks([skip("goroot"), skip("go-env")], plain)).toBe(
    "environment  0 of 2 ok\n  skip  2 checks           nothing is run\n\n2 checks: 2 skip",
  );
});

test("evidence that is too long goes on below its first line", () => {
  const evidence = "record 71124599 of 71,769,961 in the checksum database states h1:8Tl0rBb7KdISSdPkZBjlpZxsUBb+004G=";
  expect(formatCheck({ id: "tree-public", layer: 1, status: "skip", evidence, remedy: null }, plain)).toBe(
    `  skip  tree-public        record 71124599 of 71,769,961 in the checksum
                           database states h1:8Tl0rBb7KdISSdPkZBjlpZxsUBb+004G=`,
  );
});

test("colour adds nothing but colour", () => {
  const painted = formatCheck(results[1] as CheckResult, { ...plain, isColor: true });
  expect(painted).toContain("\u001b[31mFAIL\u001b[39m");
  // oxlint-disable-next-line no-control-regex -- colour is what is taken away
  expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(formatCheck(results[1] as CheckResult, plain));
});
