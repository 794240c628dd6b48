import { expect, it } from "vitest";
import { formatProm } from "../../../../src/report/formats/format-prom.ts";
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

it("keeps 200 hostile texts in every field as text", () => {
  const line = /^[a-z_]+\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\} [\d.]+$/;
  for (const text of hostileTexts) {
    const lines = formatProm(poison(fullResult(), text)).trimEnd().split("\n");
    expect(lines.filter((each) => !each.startsWith("# ") && !line.test(each))).toEqual([]);
  }
});
