import { Parser } from "tap-parser";
import { expect, it } from "vitest";
import { formatTap } from "../../../../src/report/formats/format-tap.ts";
import { hostileTexts, poison } from "../../../lab/report/hostile-texts.ts";
import {
  doctorResult,
  endedResult,
  failingResult,
  fullResult,
  healthyResult,
} from "../../../lab/report/sample-result.ts";

interface Read {
  readonly ok: boolean;
  readonly version: number | undefined;
  readonly asserts: readonly {
    readonly ok: boolean;
    readonly name: string;
    readonly skip: string | boolean | undefined;
    readonly diag: Readonly<Record<string, unknown>> | undefined;
  }[];
  /** Lines that the consumer takes for nothing of TAP's. */
  readonly strange: readonly string[];
}

/** As tap-parser reads it, which refuses in strict mode what is no TAP. */
function read(text: string): Read {
  const asserts: Read["asserts"][number][] = [];
  const strange: string[] = [];
  let version: number | undefined;
  let isOk = false;
  const parser = new Parser({ strict: true }, (results) => {
    isOk = results.ok && results.failures.length === 0;
  });
  parser.on("version", (found) => (version = Number(found)));
  parser.on("assert", ({ ok, name, skip, diag }) => asserts.push({ ok, name, skip, diag }));
  parser.on("extra", (line) => strange.push(line));
  parser.on("bailout", (why) => strange.push(`bail out: ${why}`));
  parser.end(text);
  return { ok: isOk, version, asserts, strange };
}

it("is TAP 14 by a strict consumer, a line for each check", () => {
  const result = healthyResult();
  const { ok, version, asserts, strange } = read(formatTap(result));
  expect([ok, version, strange]).toEqual([true, 14, []]);
  expect(asserts.map(({ name }) => name.replace(/^\w+: /, ""))).toEqual(result.checks.map(({ id }) => id));
  expect(asserts.filter(({ skip }) => skip === "the network was not asked")).toHaveLength(1);
});

it("gives evidence and remedy of what is not ok in a YAML block", () => {
  const { ok, asserts } = read(formatTap(failingResult()));
  expect(ok).toBe(false);
  expect(asserts.filter((each) => !each.ok)).toMatchObject([
    {
      name: "binary: tree-manifest",
      diag: {
        severity: "fail",
        evidence: ["2 of 14,511 files differ: src/fmt/print.go (changed), bin/go (mode 0777)"],
        remedy: ["readygo install 1.27.4 --repair"],
      },
    },
  ]);
  expect(asserts.filter(({ diag }) => diag?.["severity"] === "warning")).toHaveLength(1);
});

it("has a line for each diagnostic, and one for a run that ended before", () => {
  const doctor = doctorResult();
  expect(read(formatTap(doctor)).asserts).toHaveLength(doctor.diagnostics?.length ?? 0);
  expect(read(formatTap(endedResult())).asserts).toMatchObject([{ ok: false, name: "run: install" }]);
});

it("keeps 200 hostile texts in every field as text", () => {
  const shapeOf = (text: string): unknown => {
    const { asserts, strange } = read(formatTap(poison(fullResult(), text)));
    return [asserts.map(({ ok, skip }) => [ok, Boolean(skip)]), strange];
  };
  const calm = shapeOf("calm");
  for (const text of hostileTexts) expect(shapeOf(text)).toEqual(calm);
});
