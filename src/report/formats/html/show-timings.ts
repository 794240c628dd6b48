import { formatDuration } from "../../format-duration.ts";
import type { Result } from "../../result/result-shape.ts";
import { markup, type Markup } from "../markup.ts";
import type { Section } from "./format-html.ts";
import { showRest } from "./show-rest.ts";

const mostShown = 15;

/**
 * When each part of the run began and how long it took, the longest ones at once: the bars are for the eye, the words beside
 * them for everybody.
 */
export function showTimings({ timings, durationMs }: Result, mostRows: number): Section {
  const section = { id: "timings", title: "Where the time went" };
  if (timings.length === 0) return { ...section, body: null };
  const end = Math.max(1, durationMs, ...timings.map((each) => each.startMs + each.durationMs));
  const longest = timings.toSorted((a, b) => b.durationMs - a.durationMs);
  const others = longest.slice(mostShown, mostRows);
  const body = markup`<p class="soft">A bar begins when its part did; checks run side by side.</p>
${showBars(longest.slice(0, mostShown), end)}${
    others.length === 0
      ? ""
      : markup`<details><summary>${others.length} shorter ones</summary><div class="in">${showBars(others, end)}${showRest(timings.length, mostRows)}</div></details>`
  }`;
  return { ...section, body };
}

function showBars(timings: Result["timings"], end: number): Markup {
  const scale = (milliseconds: number): number => Math.round((milliseconds / end) * 1000);
  const rows = timings
    .toSorted((a, b) => a.startMs - b.startMs)
    .map(
      ({ kind, name, startMs, durationMs }) =>
        markup`<li class="${kind}"><span>${name}</span><svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect x="${scale(startMs)}" width="${Math.max(4, scale(durationMs))}" height="10"/></svg><span class="num">${formatDuration(durationMs)}</span></li>
`,
    );
  return markup`<ol class="plain waterfall">${rows}</ol>`;
}
