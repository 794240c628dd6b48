import { describe, expect, it } from "vitest";
import { formatHtml, mostPageBytes } from "../../../../src/report/formats/html/format-html.ts";
import { hostileTexts, obeyed, poison } from "../../../lab/report/hostile-texts.ts";
import { judgeHtml, listTags } from "../../../lab/report/judge-html.ts";
import { doctorResult, failingResult, fullResult, healthyResult, installedResult, sampleResults } from "../../../lab/report/sample-result.ts"; // prettier-ignore

describe.each(Object.entries(sampleResults))("the page of a run that is %s", (_name, sample) => {
  it("is HTML that html-validate has nothing against, small, and needs nothing else", async () => {
    const page = formatHtml(sample());
    expect(await judgeHtml(page)).toEqual([]);
    expect(Buffer.byteLength(page)).toBeLessThan(mostPageBytes);
    expect(page).not.toMatch(/<script|<img|<link|<iframe|src=|url\(|@import| style=| on[a-z]+=/);
  });
});

it("begins with the verdict, and opens what is not as it should be", () => {
  expect(formatHtml(healthyResult())).toContain("<h1>go1.27.4 is whole and works</h1>");
  expect(formatHtml(healthyResult())).not.toMatch(/<details[^>]* open/);
  const failing = formatHtml(failingResult());
  expect(failing).toContain("<h1>go1.27.4: 1 check failed</h1>");
  expect(failing.match(/<details[^>]* open/g)).toHaveLength(4);
});

it("has each remedy to be copied, the matrix with a column an account, and the diff of what was changed", () => {
  const failing = formatHtml(failingResult());
  expect(failing).toContain('<pre class="copy">readygo install 1.27.4 --repair</pre>');
  expect(failing).toContain('<th scope="col">ubuntu</th><th scope="col">root</th>');
  expect(formatHtml(installedResult())).toContain("<ins>+unset GOROOT</ins>");
  const doctor = doctorResult();
  const remedies = formatHtml(doctor).match(/<pre class="copy">/g)?.length ?? 0;
  expect(remedies).toBeGreaterThanOrEqual(doctor.findings?.length ?? 0);
});

it("stays small with the contexts of twenty accounts", () => {
  const contexts = healthyResult().contexts ?? [];
  const many = Array.from({ length: 20 }, (_, at) => contexts.map((each) => ({ ...each, account: `user${at}`, status: at % 2 === 0 ? ("warn" as const) : each.status }))); // prettier-ignore
  expect(Buffer.byteLength(formatHtml(healthyResult({ contexts: many.flat() })))).toBeLessThan(mostPageBytes);
});

it("keeps 200 hostile texts in every field as text, and the page small", () => {
  // A diff has an element for each line of a text.
  const frame = (page: string): string => listTags(page.replaceAll(/<pre class="diff">(?:<(span|ins|del)[^>]*>[^<]*<\/\1>)*<\/pre>/g, "")); // prettier-ignore
  const tags = frame(formatHtml(poison(fullResult(), "calm")));
  for (const text of hostileTexts) {
    const page = formatHtml(poison(fullResult(), text));
    expect(frame(page)).toBe(tags);
    expect(page).not.toMatch(obeyed);
    expect(Buffer.byteLength(page)).toBeLessThan(mostPageBytes);
  }
});
