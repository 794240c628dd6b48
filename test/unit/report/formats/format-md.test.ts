import { marked } from "marked";
import { expect, it } from "vitest";
import { formatMd } from "../../../../src/report/formats/format-md.ts";
import { hostileTexts, poison } from "../../../lab/report/hostile-texts.ts";
import { failingResult, fullResult, healthyResult, installedResult } from "../../../lab/report/sample-result.ts";

it("says the verdict, what is not as it should be, and what to do", () => {
  const text = formatMd(failingResult());
  expect(text.split("\n")[0]).toBe("# go1.27.4: 1 check failed");
  expect(text).toContain("## FAIL: binary, ` tree-manifest `");
  expect(text).toContain("To do:\n\n```text\nreadygo install 1.27.4 --repair\n```");
  expect(text).not.toContain("archive-digest");
});

it("is short where nothing is wrong", () => {
  expect(formatMd(healthyResult()).split("\n").length).toBeLessThan(20);
});

it("has what was changed, as a diff", () => {
  expect(formatMd(installedResult())).toContain("```diff\n--- /home/ubuntu/.bashrc\n");
});

it("keeps 200 hostile texts in every field as text", () => {
  const frame = (html: string): string => (html.match(/<\/?\w+/g) ?? []).filter((tag) => !/^<\/?(?:code|pre|p|li|ul)$/.test(tag)).join(" "); // prettier-ignore
  const render = (text: string): string => frame(marked.parse(formatMd(poison(fullResult(), text))) as string);
  const calm = render("calm");
  for (const text of hostileTexts) expect(render(text)).toBe(calm);
});
