import { formatDuration } from "../../format-duration.ts";
import type { Result } from "../../result/result-shape.ts";
import { markup } from "../markup.ts";
import type { Section } from "./format-html.ts";
import { showRest } from "./show-rest.ts";

/** When each part of the run began and how long it took: the bars are for the eye, the words beside them for everybody. */
export function showTimings({ timings, durationMs }: Result, mostRows: number): Section {
  const section = { id: "timings", title: "Where the time went" };
  if (timings.length === 0) return { ...section, body: null };
  const end = Math.max(1, durationMs, ...timings.map((each) => each.startMs + each.durationMs));
  const scale = (milliseconds: number): string => ((milliseconds / end) * 1000).toFixed(0);
  const rows = timings
    .toSorted((a, b) => a.startMs - b.startMs)
    .slice(0, mostRows)
    .map(
      ({ kind, name, startMs, durationMs: took }) =>
        markup`<li class="${kind}"><span>${name}</span><svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect x="${scale(startMs)}" width="${Math.max(4, Number(scale(took)))}" height="10"/></svg><span class="num">${formatDuration(took)}</span></li>
`,
    );
  const body = markup`<p class="soft">Checks run side by side: a bar begins where its check did.</p><ol class="plain waterfall">${rows}</ol>${showRest(timings.length, mostRows)}`;
  return { ...section, body };
}
