import { compareGoVersions, parseGoVersion } from "../../release/go-version.ts";
import { markup, type Markup } from "../formats/markup.ts";
import { visibleText } from "../formats/visible-text.ts";
import { formatPage } from "../formats/html/page.ts";
import { showRest } from "../formats/html/show-rest.ts";
import { severityStates, showState, verdictMarks } from "../formats/html/state-words.ts";
import { compareTexts, type Fleet, type FleetHost, type Trouble } from "./merge-fleet.ts";
import { fleetStyle, rankStyle, sortings } from "./fleet-style.ts";

export const mostFleetBytes = 2_000_000;

/** Characters of an evidence, troubles of a host, and names in a list: from what a page has to what one of very many has. */
const bounds = [
  [200, 20, 1_000],
  [100, 8, 40],
  [60, 3, 20],
  [0, 3, 10],
] as const;

interface Bounds {
  readonly mostCharacters: number;
  readonly mostTroubles: number;
  readonly mostNames: number;
}

export interface FleetPage {
  readonly fleet: Fleet;
  /** What was given and holds no result. */
  readonly problems: readonly string[];
  /** readygo's own version. */
  readonly readygo: string;
  readonly madeAt: Date;
}

/** One page of many hosts, of at most {@link mostFleetBytes} for some thousands of them. */
export function formatFleet(page: FleetPage): string {
  let text = "";
  for (const [mostCharacters, mostTroubles, mostNames] of bounds) {
    text = compose(page, { mostCharacters, mostTroubles, mostNames });
    if (Buffer.byteLength(text) <= mostFleetBytes) break;
  }
  return text;
}

const verdictWords = { good: "ok", warned: "warnings", bad: "failed" } as const;

function compose({ fleet, problems, readygo, madeAt }: FleetPage, limits: Bounds): string {
  const { hosts } = fleet;
  const bad = hosts.filter(({ verdict }) => verdict === "bad").length;
  const warned = hosts.filter(({ verdict }) => verdict === "warned").length;
  const kind = bad > 0 ? "bad" : warned > 0 ? "warned" : "good";
  const words = bad > 0 ? `${count(bad, "host")} of ${number(hosts.length)} failed` : `${count(hosts.length, "host")}, none failed`; // prettier-ignore
  const body = markup`<header>
<div class="verdict ${kind}"><span class="mark" aria-hidden="true">${verdictMarks[kind]}</span><div><h1>${words}</h1><p>${describeUsual(fleet)}</p></div></div>
<dl class="facts">${(["good", "warned", "bad"] as const).map((verdict) => markup`<div><dt>${verdictWords[verdict]}</dt><dd class="${verdict}"><span aria-hidden="true">${verdictMarks[verdict]}</span> ${number(hosts.filter((host) => host.verdict === verdict).length)}</dd></div>`)}<div><dt>not like most</dt><dd>${number(hosts.filter(({ isUsual }) => !isUsual).length)}</dd></div><div><dt>not read</dt><dd>${number(problems.length)}</dd></div></dl>
<nav aria-label="On this page"><ul><li><a href="#hosts">Hosts</a></li><li><a href="#versions">By release</a></li><li><a href="#troubles">By finding</a></li>${problems.length === 0 ? "" : markup`<li><a href="#unread">Not read</a></li>`}</ul></nav>
</header>
<main>
${showHosts(hosts, limits)}
${showVersions(hosts, limits)}
${showTroubles(hosts, limits)}
${showProblems(problems)}</main>
<footer><p>Made by <code>readygo report</code> (${readygo}), <time datetime="${madeAt.toISOString()}">${madeAt.toISOString().slice(0, 16).replace("T", " ")} UTC</time>. Of each host the newest result of each command counts.</p></footer>`;
  return formatPage({ title: words, style: `${fleetStyle}${rankStyle(rankHosts(hosts))}`, body });
}

function describeUsual({ hosts, usual }: Fleet): string {
  if (usual === undefined) return "No host";
  const alike = hosts.filter(({ isUsual }) => isUsual).length;
  const found = usual.troubles.length === 0 ? "nothing found" : usual.troubles.slice(0, 5).join(", ");
  return `${number(alike)} are alike: ${usual.version ?? "no release"}, ${found}`;
}

function showHosts(hosts: readonly FleetHost[], limits: Bounds): Markup {
  return markup`<section aria-labelledby="hosts"><h2 id="hosts">Hosts</h2>
<div class="choices"><fieldset><legend>Order by</legend>${sortings.map(({ key, label }, at) => choice("sort", key, label, at === 0))}</fieldset>
<fieldset><legend>Show</legend>${choice("show", "all", "all", true)}${choice("show", "other", "not like most", false)}${choice("show", "bad", "failed", false)}</fieldset></div>
<table class="hosts"><thead><tr><th scope="col">Host</th><th scope="col">State</th><th scope="col">Release</th><th scope="col">Findings</th><th scope="col">Seen</th></tr></thead>
<tbody>
${hosts.map((host, at) => showHost(host, at, limits))}</tbody></table></section>`;
}

function choice(name: string, key: string, label: string, isChosen: boolean): Markup {
  return markup`<label><input type="radio" name="${name}" id="${name}-${key}"${isChosen ? markup` checked` : ""}> ${label}</label>`;
}

function showHost(host: FleetHost, at: number, limits: Bounds): Markup {
  const { name, root, system, version, verdict, troubles, seenAt, isUsual } = host;
  const state = { tone: verdict, mark: verdictMarks[verdict], word: verdictWords[verdict] };
  const kinds = [verdict === "bad" ? "b" : "", isUsual ? "" : "o"].filter((word) => word !== "").join(" ");
  const image = root === null ? "" : markup` <span class="soft">image ${root}</span>`;
  return markup`<tr id="h${at}"${kinds === "" ? "" : markup` class="${kinds}"`}><th scope="row">${cut(name, 80)}${image}${system === null ? "" : markup`<br><span class="soft">${cut(system, 60)}</span>`}</th><td>${showState(state)}${isUsual ? "" : markup` <span class="tag">differs</span>`}</td><td>${cut(version ?? "none", 40)}</td><td>${showOwnTroubles(troubles, limits)}</td><td class="soft">${seenAt.slice(0, 16).replace("T", " ")}</td></tr>
`;
}

function showOwnTroubles(troubles: readonly Trouble[], { mostCharacters, mostTroubles }: Bounds): Markup {
  if (troubles.length === 0) return markup`none`;
  const shown = troubles.slice(0, mostTroubles);
  const rows = shown.map(({ id, severity, evidence }) =>
    mostCharacters === 0
      ? markup`<li>${severity}: ${cut(id, 60)}</li>`
      : markup`<li><b>${severity}: ${cut(id, 60)}</b> ${cut(evidence, mostCharacters)}</li>`,
  );
  return markup`<details><summary>${number(troubles.length)}</summary><ul>${rows}</ul>${showRest(troubles.length, mostTroubles)}</details>`;
}

function showVersions(hosts: readonly FleetHost[], limits: Bounds): Markup {
  const byVersion = [...Map.groupBy(hosts, ({ version }) => version ?? "none")].toSorted(([a], [b]) =>
    compareVersions(b, a),
  );
  return markup`<section aria-labelledby="versions"><h2 id="versions">By release</h2>
<table><thead><tr><th scope="col">Release</th><th scope="col" class="num">Hosts</th><th scope="col">Which</th></tr></thead><tbody>
${byVersion.map(
  ([
    version,
    own,
  ]) => markup`<tr><th scope="row">${cut(version, 40)}</th><td class="num">${number(own.length)}</td><td>${showNames(own, limits)}</td></tr>
`,
)}</tbody></table></section>`;
}

function showTroubles(hosts: readonly FleetHost[], limits: Bounds): Markup {
  const all = hosts.flatMap((host) => host.troubles.map((trouble) => ({ host, trouble })));
  const byId = [...Map.groupBy(all, ({ trouble }) => trouble.id)].map(([id, found]) => ({
    id,
    hosts: [...new Set(found.map(({ host }) => host))],
    severity: found.some(({ trouble }) => trouble.severity === "error") ? ("error" as const) : ("warning" as const),
    evidence: found[0]?.trouble.evidence ?? "",
  }));
  const rows = byId.toSorted((a, b) => compareTexts(a.severity, b.severity) || b.hosts.length - a.hosts.length);
  const body =
    rows.length === 0
      ? markup`<p>Nothing was found on any host.</p>`
      : markup`<table><thead><tr><th scope="col">Finding</th><th scope="col" class="num">Hosts</th><th scope="col">Which</th></tr></thead><tbody>
${rows.slice(0, 200).map(
  ({
    id,
    hosts: own,
    severity,
    evidence,
  }) => markup`<tr><th scope="row">${showState(severityStates[severity])} <span class="mono">${cut(id, 60)}</span><br><span class="soft">${cut(evidence, 200)}</span></th><td class="num">${number(own.length)}</td><td>${showNames(own, limits)}</td></tr>
`,
)}</tbody></table>${showRest(rows.length, 200)}`;
  return markup`<section aria-labelledby="troubles"><h2 id="troubles">By finding</h2>
${body}</section>`;
}

/** A few stand there; more are folded. */
function showNames(hosts: readonly FleetHost[], { mostNames }: Bounds): Markup {
  const names = hosts.slice(0, mostNames).map(({ name }) => cut(name, 80));
  if (hosts.length <= 3) return markup`${names.join(", ")}`;
  return markup`<details><summary>${names[0] ?? ""} and ${number(hosts.length - 1)} more</summary><p class="in">${names.map((name, at) => markup`${at === 0 ? "" : ", "}${name}`)}${showRest(hosts.length, mostNames)}</p></details>`;
}

function showProblems(problems: readonly string[]): Markup {
  if (problems.length === 0) return markup``;
  return markup`<section aria-labelledby="unread"><h2 id="unread">Not read</h2>
<ul>${problems.slice(0, 100).map((problem) => markup`<li>${cut(problem, 200)}</li>`)}</ul>${showRest(problems.length, 100)}</section>
`;
}

/** The place of each host in each order. */
function rankHosts(hosts: readonly FleetHost[]): readonly (readonly number[])[] {
  const orders: readonly ((a: FleetHost, b: FleetHost) => number)[] = [
    () => 0,
    (a, b) => compareTexts(a.name, b.name),
    (a, b) => compareVersions(a.version ?? "", b.version ?? ""),
    (a, b) => b.troubles.length - a.troubles.length,
    (a, b) => compareTexts(a.seenAt, b.seenAt),
  ];
  const ranks = hosts.map((): number[] => []);
  for (const order of orders) {
    const sorted = hosts.map((host, at) => ({ host, at })).toSorted((a, b) => order(a.host, b.host) || a.at - b.at);
    for (const [rank, { at }] of sorted.entries()) ranks[at]?.push(rank);
  }
  return ranks;
}

/** What is no version comes first. */
function compareVersions(a: string, b: string): number {
  const [one, other] = [parseGoVersion(a), parseGoVersion(b)];
  if (one !== undefined && other !== undefined) return compareGoVersions(one, other);
  if (one === undefined && other === undefined) return compareTexts(a, b);
  return one === undefined ? -1 : 1;
}

function cut(text: string, most: number): string {
  return text.length > most ? visibleText(text, most) : text;
}

function count(amount: number, what: string): string {
  return `${number(amount)} ${what}${amount === 1 ? "" : "s"}`;
}

function number(amount: number): string {
  return amount.toLocaleString("en-US");
}
