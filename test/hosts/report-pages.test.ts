import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatFleet } from "../../src/report/fleet/format-fleet.ts";
import { createFleet } from "../../src/report/fleet/merge-fleet.ts";
import { readResults } from "../../src/report/fleet/read-results.ts";
import { formatHtml } from "../../src/report/formats/html/format-html.ts";
import type { Result } from "../../src/report/result/result-shape.ts";
import { type Browser, openBrowser, openPage, type Page, requireBrowser, views } from "../lab/report/browser.ts";
import { hostileTexts, poison } from "../lab/report/hostile-texts.ts";
import { makeFleet } from "../lab/report/sample-fleet.ts";
import {
  doctorResult,
  failingResult,
  fullResult,
  healthyResult,
  installedResult,
} from "../lab/report/sample-result.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

/** Where to leave the pictures, to be looked at. */
const pictures = process.env["READYGO_PICTURES"];

function makeFleetPage(results: readonly Result[]): string {
  const fleet = createFleet();
  for (const result of results) for (const read of readResults(JSON.stringify(result), "host").results) fleet.add(read);
  return formatFleet({ fleet: fleet.merge(), problems: [], readygo: "0.1.0", madeAt: new Date() });
}

const pages = {
  healthy: () => formatHtml(healthyResult()),
  failing: () => formatHtml(failingResult()),
  ...(isFullMode ? { installed: () => formatHtml(installedResult()), doctor: () => formatHtml(doctorResult()) } : {}),
  // axe takes a minute for the rows of a thousand.
  fleet: () => makeFleetPage(makeFleet(isFullMode ? 1000 : 40)),
} as const;

/** axe-core's rules, all of them, in the page as it is. */
async function findViolations(page: Page): Promise<unknown> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(" | ")))`);
}

describe("in a real browser", () => {
  let browser: Browser | undefined;
  const open = (html: string, view = views[2] ?? { width: "desktop", scheme: "light" }): Promise<Page> => {
    if (browser === undefined) throw new Error("there is no browser");
    return openPage(browser, html, view);
  };

  beforeEach(requireBrowser);
  beforeAll(async () => {
    browser = await openBrowser().catch(() => undefined);
  });
  afterAll(() => browser?.close());

  it.each(Object.entries(pages))(
    "the page %s has no violation and fits, narrow and wide, light and dark",
    async (name, make) => {
      const html = make();
      // What is folded is looked at as well.
      const opened = name === "fleet" ? html : html.replaceAll("<details", "<details open");
      for (const view of views) {
        const page = await open(opened, view);
        expect([view, await findViolations(page)]).toEqual([view, []]);
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
        if (pictures !== undefined) {
          mkdirSync(pictures, { recursive: true });
          const plain = await open(html, view);
          await plain.screenshot({ path: `${pictures}/${name}-${view.width}-${view.scheme}.png`, fullPage: name !== "fleet" }); // prettier-ignore
          await plain.close();
        }
        await page.close();
      }
    },
  );

  it("a fleet is sorted and narrowed down by style alone", async () => {
    const page = await open(makeFleetPage(makeFleet(60)));
    const column = (at: number): Promise<unknown> =>
      page.evaluate(`[...document.querySelectorAll(".hosts tbody tr")]
        .filter((row) => row.checkVisibility())
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((row) => row.children[${at}].firstChild.textContent.trim())`);
    const all = (await column(0)) as readonly string[];
    await page.click("#sort-name");
    expect(await column(0)).toEqual(all.toSorted());
    await page.click("#sort-release");
    expect([...new Set((await column(2)) as readonly string[])]).toEqual(["go1.9.7", "go1.26.8", "go1.27.4"]);
    await page.click("#show-bad");
    expect(((await column(0)) as readonly string[]).length).toBe(all.filter((_name, at) => at % 17 === 3 || at % 41 === 7).length); // prettier-ignore
    await page.close();
  });

  it("texts that somebody has made for it do nothing", async () => {
    const chosen = isFullMode ? hostileTexts : hostileTexts.filter((_text, at) => at % 25 === 0);
    const fleet = makeFleetPage(hostileTexts.map((text) => poison(fullResult(), text)));
    for (const html of [fleet, ...chosen.map((text) => formatHtml(poison(fullResult(), text)))]) {
      const page = await open(html);
      expect(
        await page.evaluate(`[document.body.dataset.hit ?? null, document.title !== "",
          document.querySelectorAll("script, img, iframe, [onload], [onerror], a[href^=javascript]").length]`),
      ).toEqual([null, true, 0]);
      await page.close();
    }
  });
});
