import type { Result } from "../../result/result-shape.ts";
import { markup, type Markup } from "../markup.ts";
import type { Section } from "./format-html.ts";
import { showRest } from "./show-rest.ts";

/** What a run did to the host, and of texts which lines. */
export function showChanges({ changes, steps = [], status }: Result, mostRows: number): Section {
  const isPlan = changes.length === 0;
  const section = { id: "changes", title: isPlan ? "What would be changed" : "What was changed" };
  if (changes.length === 0 && steps.length === 0) return { ...section, body: null };
  const done = changes.slice(0, mostRows).map(
    ({ path, change }) => markup`<tr><td>${change}</td><td class="mono">${path}</td></tr>
`,
  );
  const planned = steps.slice(0, mostRows).map(showStep);
  const body = markup`${status === "failed" && isPlan ? markup`<p>Nothing of it is left: the run failed.</p>` : ""}${done.length === 0 ? "" : markup`<table><thead><tr><th scope="col">Change</th><th scope="col">Path</th></tr></thead><tbody>${done}</tbody></table>${showRest(changes.length, mostRows)}`}
${planned}${showRest(steps.length, mostRows)}`;
  return { ...section, body };
}

function showStep({ target, reason, before, after, diff = null }: NonNullable<Result["steps"]>[number]): Markup {
  return markup`<details${diff === null ? "" : markup` open`}><summary><span class="mono">${target}</span>: ${reason}</summary><div class="in"><p>Before: ${before}. After: ${after}.</p>${diff === null ? "" : showDiff(diff)}</div></details>
`;
}

/** Lines that go and lines that come are elements of their own: a screen reader can tell them, too. */
function showDiff(diff: string): Markup {
  const lines = diff
    .trimEnd()
    .split("\n")
    .map((line) => {
      if (line.startsWith("+++") || line.startsWith("---")) return markup`<span class="soft">${line}</span>`;
      if (line.startsWith("+")) return markup`<ins>${line}</ins>`;
      return line.startsWith("-") ? markup`<del>${line}</del>` : markup`<span class="soft">${line}</span>`;
    });
  return markup`<pre class="diff">${lines}</pre>`;
}
