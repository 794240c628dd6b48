import { readFileSync } from "node:fs";
import { parse, type TestSuites } from "junit2json";
import { expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import { formatJunit } from "../../../../src/report/formats/format-junit.ts";
import { hostileTexts, poison } from "../../../lab/report/hostile-texts.ts";
import {
  doctorResult,
  endedResult,
  failingResult,
  fullResult,
  sampleResults,
} from "../../../lab/report/sample-result.ts";

const schema = { fileName: "junit-10.xsd", contents: readFileSync("test/fixtures/report/junit-10.xsd", "utf8") };

/** What xmllint says against them by the schema of Jenkins' xunit plugin; all in one start of it. */
async function validate(texts: readonly string[]): Promise<readonly string[]> {
  const xml = texts.map((contents, at) => ({ fileName: `report-${at}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema: [schema] });
  return errors.map(({ rawMessage }) => rawMessage);
}

it("is valid by the schema of Jenkins' xunit plugin, whatever the command and its outcome", async () => {
  expect(await validate(Object.values(sampleResults).map((sample) => formatJunit(sample())))).toEqual([]);
  expect(await validate(["<testsuites><testsuite/></testsuites>"])).not.toEqual([]);
});

it("is read by junit2json: a suite for each layer, failures with evidence and remedy", async () => {
  const suites = (await parse(formatJunit(failingResult()))) as TestSuites;
  expect(suites.testsuite?.map(({ name, failures }) => [name, failures])).toEqual([
    ["readygo.binary", 1],
    ["readygo.environment", 0],
    ["readygo.runtime", 0],
  ]);
  const failed = suites.testsuite
    ?.flatMap(({ testcase = [] }) => testcase)
    .filter((each) => each.failure !== undefined);
  expect(failed?.map(({ name, classname, failure }) => [classname, name, failure?.[0]?.message])).toEqual([
    [
      "readygo.verify.binary",
      "tree-manifest",
      "2 of 14,511 files differ: src/fmt/print.go (changed), bin/go (mode 0777)",
    ],
  ]);
  expect(failed?.[0]?.failure?.[0]?.inner).toContain("to do: readygo install 1.27.4 --repair");
});

it("has doctor's diagnostics by their groups, and counts warnings with --fail-on warning", async () => {
  const counts = async (failOn: "error" | "warning"): Promise<number | undefined> =>
    ((await parse(formatJunit(doctorResult({ failOn })))) as TestSuites).failures;
  const findings = doctorResult().findings ?? [];
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  expect([await counts("error"), await counts("warning")]).toEqual([errors, errors + warnings]);
});

it("says in one case what ended a run that looked at nothing", async () => {
  const suites = (await parse(formatJunit(endedResult()))) as TestSuites;
  expect(suites.testsuite?.[0]?.testcase?.map(({ name, error }) => [name, error?.[0]?.message])).toEqual([
    ["install", "sources-failed: nothing could be fetched"],
  ]);
});

it("keeps 200 hostile texts in every field as text", async () => {
  const whole = (text: string): string => formatJunit(poison(fullResult(), text));
  const count = async (text: string): Promise<number> => {
    const { testsuite = [] } = (await parse(whole(text))) as TestSuites;
    return testsuite.flatMap(({ testcase = [] }) => testcase).length;
  };
  const calm = await count("calm");
  expect(await validate(hostileTexts.map(whole))).toEqual([]);
  for (const text of hostileTexts) expect(await count(text)).toBe(calm);
});
