import { formatDuration } from "../../format-duration.ts";
import type { Result } from "../../result/result-shape.ts";
import { describeVerdict, type Verdict } from "../describe-verdict.ts";
import { markup, type Markup } from "../markup.ts";
import { boundTexts } from "./bound-texts.ts";
import { showChanges } from "./show-changes.ts";
import { showContexts } from "./show-contexts.ts";
import { showFindings } from "./show-findings.ts";
import { showLayers } from "./show-layers.ts";
import { formatPage } from "./page.ts";
import { verdictMarks } from "./state-words.ts";
import { showTimings } from "./show-timings.ts";

export const mostPageBytes = 150_000;

/** Characters of one text and rows of one list, from what nearly every page has to what a page of texts like books has. */
const bounds = [
  [1_000, 400],
  [300, 200],
  [100, 60],
  [40, 20],
] as const;

/** One page of one run; as much of its texts as fits into {@link mostPageBytes}. The JSON has all of them. */
export function formatHtml(result: Result): string {
  let page = "";
  for (const [mostCharacters, mostRows] of bounds) {
    page = compose(boundTexts(result, mostCharacters), describeVerdict(result), mostRows);
    if (Buffer.byteLength(page) <= mostPageBytes) break;
  }
  return page;
}

/** A part of the page; without a body it is left out, as is its link. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup | null;
}

function compose(result: Result, verdict: Verdict, mostRows: number): string {
  const sections = [
    showFindings(result, mostRows),
    showLayers(result, mostRows),
    showContexts(result, mostRows),
    showChanges(result, mostRows),
    showTimings(result, mostRows),
  ].filter(({ body }) => body !== null);
  const body = markup`<header>
${showVerdict(result, verdict)}
${showFacts(result)}
<nav aria-label="On this page"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title, body: inside }) => markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${inside}
</section>
`,
)}</main>
<footer><p>Made by readygo ${result.readygo} from one run of <code>readygo ${result.command}</code>. The same as JSON: <code>--report json:FILE</code>.</p></footer>`;
  return formatPage({ title: `${verdict.words} (${result.host.name})`, body });
}

function showVerdict({ host, error }: Result, { kind, words }: Verdict): Markup {
  const where = host.root === null ? host.name : `image ${host.root} on ${host.name}`;
  return markup`<div class="verdict ${kind}"><span class="mark" aria-hidden="true">${verdictMarks[kind]}</span><div><h1>${words}</h1><p>${where}${host.system === null ? "" : `, ${host.system}`}</p>${error === null ? "" : markup`<p class="soft">${error.summary}</p>`}</div></div>`;
}

function showFacts({ command, exit, version, previous, startedAt, durationMs, proofs = [] }: Result): Markup {
  const facts: readonly (readonly [string, string | Markup])[] = [
    ["Command", markup`<code>readygo ${command}</code>, exit ${exit}`],
    ["Release", `${version ?? "none"}${previous === null ? "" : `, before it ${previous}`}`],
    ["Begun", markup`<time datetime="${startedAt}">${startedAt.slice(0, 19).replace("T", " ")} UTC</time>`],
    ["Took", formatDuration(durationMs)],
    ...(proofs.length === 0 ? [] : [["Proven by", proofs.map(({ root }) => root).join(", ")] as const]),
  ];
  return markup`<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
