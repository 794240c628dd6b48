import { quoteForShell } from "../../../errors/aim-at-image.ts";
import type { Result } from "../../result/result-shape.ts";
import { markup, type Markup } from "../markup.ts";
import type { Section } from "./format-html.ts";
import { showRest } from "./show-rest.ts";
import { checkStates, severityStates, showState } from "./state-words.ts";

/** What somebody may want to act on, worst first, each with what to do, to be copied. */
export function showFindings(result: Result, mostRows: number): Section {
  const { checks, findings = [], warnings } = result;
  const items = [
    ...showError(result),
    ...checks.flatMap(({ id, status, evidence, remedy }) =>
      status === "fail" || status === "warn"
        ? [{ rank: status === "fail" ? 0 : 1, shown: showItem(checkStates[status], id, evidence, remedy) }]
        : [],
    ),
    ...findings.map((finding) => ({ rank: ranks[finding.severity], shown: showFinding(finding) })),
    ...warnings.map(({ text, remedy }) => ({ rank: 1, shown: showItem(severityStates.warning, "run", text, remedy) })),
  ].toSorted((a, b) => a.rank - b.rank);
  const body =
    items.length === 0
      ? null
      : markup`${items.slice(0, mostRows).map(({ shown }) => shown)}${showRest(items.length, mostRows)}`;
  return { id: "findings", title: "What to do", body };
}

const ranks = { error: 0, warning: 1, info: 2 } as const;

interface Item {
  readonly rank: number;
  readonly shown: Markup;
}

/** What only says again what the checks or findings say is left out. */
function showError({ error, checks, findings = [] }: Result): readonly Item[] {
  if (error === null) return [];
  const isTold = checks.some(({ status }) => status === "fail") || findings.length > 0;
  if (isTold && ["verify-failed", "problems-found", "tree-not-public"].includes(error.code)) return [];
  const { code, summary, details, cause, remedy } = error;
  const facts = Object.entries(details).map(([key, value]) => markup`<div><dt>${key}</dt><dd>${value}</dd></div>`);
  const shown = markup`<div class="item bad"><p class="head">${showState(severityStates.error)} <span class="mono">${code}</span></p><p>${summary}</p>${facts.length === 0 ? "" : markup`<dl class="facts">${facts}</dl>`}${cause === null ? "" : markup`<p class="soft">Cause: ${cause}</p>`}${isTold ? "" : remedy.map(showRemedy)}</div>
`;
  return [{ rank: 0, shown }];
}

function showItem(state: Parameters<typeof showState>[0], id: string, evidence: string, remedy: string | null): Markup {
  return markup`<div class="item ${state.tone}"><p class="head">${showState(state)} <span class="mono">${id}</span></p><p>${evidence}</p>${remedy === null ? "" : showRemedy(remedy)}</div>
`;
}

function showFinding(finding: NonNullable<Result["findings"]>[number]): Markup {
  const { id, severity, account, evidence, origins, why, remedy, fix } = finding;
  const state = severityStates[severity];
  const whose = account === null ? "" : ` of ${account}`;
  return markup`<div class="item ${state.tone}"><p class="head">${showState(state)} <span class="mono">${id}</span>${whose}</p><p>${evidence}</p>${origins.length === 0 ? "" : markup`<p class="mono">${origins.slice(0, 20).join(", ")}${showRest(origins.length, 20)}</p>`}<p class="soft">${why}</p>${remedy.kind === "advice" ? markup`<p>${remedy.text}</p>` : showRemedy(remedy.text)}${fix === null ? "" : markup`<p class="soft">Or let readygo do it, so that it can be undone:</p>${showRemedy(`sudo readygo doctor ${id} --fix${account === null ? "" : ` --user ${quoteForShell(account)}`}`)}`}</div>
`;
}

/** One click marks all of it. */
function showRemedy(text: string): Markup {
  return markup`<pre class="copy">${text}</pre>`;
}
