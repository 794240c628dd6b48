import type { Result } from "../../result/result-shape.ts";
import { markup, type Markup } from "../markup.ts";
import type { Section } from "./format-html.ts";
import { checkStates, showState } from "./state-words.ts";
import { showRest } from "./show-rest.ts";

type Check = Result["checks"][number];

const layers = [
  [1, "Binary", "what lies at /usr/local/go"],
  [2, "Environment", "who finds it"],
  [3, "Runtime", "what it can do"],
] as const;

/** A fold for each layer, and in it one for each check; what is not as it should be is open. */
export function showLayers({ checks, diagnostics = [] }: Result, mostRows: number): Section {
  const folds = layers.flatMap(([layer, name, what]) => {
    const own = checks.filter((check) => check.layer === layer);
    return own.length === 0 ? [] : [showLayer(own, name, what)];
  });
  const looked = showDiagnostics(diagnostics, mostRows);
  const body = folds.length === 0 && looked === null ? null : markup`${folds}${looked}`;
  return { id: "checks", title: folds.length === 0 ? "What was looked at" : "Checks", body };
}

function showLayer(checks: readonly Check[], name: string, what: string): Markup {
  const isOpen = checks.some(({ status }) => status === "fail" || status === "warn");
  return markup`<details class="layer"${isOpen ? markup` open` : ""}>
<summary>${name}: ${countChecks(checks)} <span class="soft">${what}</span></summary>
${checks.map(showCheck)}</details>
`;
}

/** `7 of 8 ok, 1 failed`. */
function countChecks(checks: readonly Check[]): string {
  const count = (status: Check["status"]): number => checks.filter((check) => check.status === status).length;
  const others = (["fail", "warn", "skip"] as const).flatMap((status) =>
    count(status) === 0 ? [] : [`${count(status)} ${checkStates[status].word}`],
  );
  return [`${count("pass")} of ${checks.length} ok`, ...others].join(", ");
}

function showCheck({ id, status, evidence, remedy, differences = [] }: Check): Markup {
  const isOpen = status === "fail" || status === "warn";
  return markup`<details${isOpen ? markup` open` : ""}><summary>${showState(checkStates[status])} <span class="mono">${id}</span></summary><div class="in"><p>${evidence}</p>${remedy === null ? "" : markup`<pre class="copy">${remedy}</pre>`}${
    differences.length === 0
      ? ""
      : markup`<p class="mono">${differences.slice(0, 20).join(", ")}${showRest(differences.length, 20)}</p>`
  }</div></details>
`;
}

/** doctor's: those that looked and found nothing are counted. */
function showDiagnostics(all: NonNullable<Result["diagnostics"]>, mostRows: number): Markup | null {
  const looked = all.flatMap((each) => ("durationMs" in each ? [each] : []));
  if (looked.length === 0) return null;
  const groups = [...Map.groupBy(looked, ({ group }) => group)].map(([group, own]) => {
    const count = (status: string): number => own.filter((each) => each.status === status).length;
    return markup`<tr><th scope="row">${group}</th><td class="num">${count("ok")}</td><td class="num">${count("found")}</td><td class="num">${count("skipped")}</td></tr>`;
  });
  const skipped = looked.filter(({ status }) => status === "skipped");
  return markup`<table><thead><tr><th scope="col">Group</th><th scope="col" class="num">As it should be</th><th scope="col" class="num">Found something</th><th scope="col" class="num">Not looked at</th></tr></thead><tbody>${groups}</tbody></table>
${skipped.length === 0 ? "" : markup`<details><summary>Not looked at, and why</summary><div class="in"><ul>${skipped.slice(0, mostRows).map(({ id, why }) => markup`<li><span class="mono">${id}</span>: ${why}</li>`)}</ul></div></details>`}`;
}
