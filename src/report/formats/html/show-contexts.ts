import type { Result } from "../../result/result-shape.ts";
import { markup, type Markup } from "../markup.ts";
import type { Section } from "./format-html.ts";
import { showRest } from "./show-rest.ts";
import { showState } from "./state-words.ts";

type Row = NonNullable<Result["contexts"]>[number];

const states = {
  pass: { tone: "good", mark: "✓", word: "ok" },
  warn: { tone: "warned", mark: "!", word: "another" },
  info: { tone: "soft", mark: "–", word: "none, as usual" },
  skip: { tone: "soft", mark: "?", word: "not seen" },
} as const satisfies Record<Row["status"], unknown>;

/** What `go` is however a process starts: a row for each way, a column for each account. */
export function showContexts({ contexts = [] }: Result, mostRows: number): Section {
  const section = { id: "contexts", title: "Launch contexts" };
  if (contexts.length === 0) return { ...section, body: null };
  const accounts = [...new Set(contexts.map(({ account }) => account))];
  const ways = [...Map.groupBy(contexts, ({ typed }) => typed)];
  const others = ways.filter(([, rows]) => rows.some(({ status }) => status !== "pass"));
  const alike = ways.filter((way) => !others.includes(way));
  const words = `${alike.length} of ${ways.length} ways to start a process find this Go${accounts.length > 1 ? " for every account" : ""}.`;
  const body = markup`<p>${words}</p>
${others.length === 0 ? "" : showMatrix(others.slice(0, mostRows), accounts, "Ways that find another Go, or none")}${showRest(others.length, mostRows)}
${alike.length === 0 ? "" : markup`<details><summary>Those that find it</summary><div class="in">${showMatrix(alike.slice(0, mostRows), accounts, "Ways that find this Go")}${showRest(alike.length, mostRows)}</div></details>`}`;
  return { ...section, body };
}

function showMatrix(
  ways: readonly (readonly [string, readonly Row[]])[],
  accounts: readonly string[],
  caption: string,
): Markup {
  const rows = ways.map(([typed, cells]) => {
    const columns = accounts.map((account) => showCell(cells.find((cell) => cell.account === account)));
    return markup`<tr><th scope="row" class="mono">${typed}</th>${columns}</tr>
`;
  });
  return markup`<section class="scroll" aria-label="${caption}" tabindex="0"><table><thead><tr><th scope="col">Started as</th>${accounts.map((account) => markup`<th scope="col">${account}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></section>`;
}

function showCell(cell: Row | undefined): Markup {
  if (cell === undefined) return markup`<td class="soft">not asked</td>`;
  const { status, go, version, why } = cell;
  const seen = status !== "warn" ? null : go === null ? "no go" : `${go}${version === null ? "" : ` (${version})`}`;
  const told = [seen, why].flatMap((text) => (text === null || text === undefined ? [] : [text])).join("; ");
  return markup`<td>${showState(states[status])}${told === "" ? "" : markup` ${told}`}</td>`;
}
