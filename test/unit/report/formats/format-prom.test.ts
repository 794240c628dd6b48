import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { formatProm } from "../../../../src/report/formats/format-prom.ts";
import { skipBecause } from "../../../lab/suite/skip-because.ts";
import { hostileTexts, poison } from "../../../lab/report/hostile-texts.ts";
import { failingResult, fullResult, healthyResult, sampleResults } from "../../../lab/report/sample-result.ts";

it("counts, and has each check by its status", () => {
  const text = formatProm(failingResult());
  expect(text).toContain('\nreadygo_exit_code{command="verify"} 7\n');
  expect(text).toContain('\nreadygo_check{command="verify",check="tree-manifest",layer="1",status="fail"} 1\n');
  expect(text).toContain('\nreadygo_timestamp_seconds{command="verify"} 1796019128\n');
});

it("has no two samples that are alike, also beside another command's", () => {
  const lines = [healthyResult(), sampleResults.doctor(), sampleResults.installed()].flatMap((result) =>
    formatProm(result)
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.replace(/ [^ ]+$/, "")),
  );
  expect(new Set(lines).size).toBe(lines.length);
});

it("is text that promtool takes, whatever the command, its outcome and what its fields hold", (context) => {
  const check = (text: string): readonly [number | null, string] => {
    const run = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    if (run.error !== undefined) skipBecause(context, "promtool (Debian: prometheus) is not installed");
    return [run.status, run.stdout + run.stderr];
  };
  for (const sample of Object.values(sampleResults)) expect(check(formatProm(sample()))).toEqual([0, ""]);
  for (const text of hostileTexts.filter((_text, at) => at % 10 === 0))
    expect(check(formatProm(poison(fullResult(), text)))).toEqual([0, ""]);
  expect(check('readygo_x{a="b} 1\n')[0]).not.toBe(0);
});

it("keeps 200 hostile texts in every field as text", () => {
  const line = /^[a-z_]+\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\} [\d.]+$/;
  for (const text of hostileTexts) {
    const lines = formatProm(poison(fullResult(), text)).trimEnd().split("\n");
    expect(lines.filter((each) => !each.startsWith("# ") && !line.test(each))).toEqual([]);
  }
});
