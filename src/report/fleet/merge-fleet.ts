import { describeVerdict, type Verdict } from "../formats/describe-verdict.ts";
import type { Result } from "../result/result-shape.ts";

/** A check that did not pass, or a finding of doctor's. */
export interface Trouble {
  readonly id: string;
  readonly severity: "error" | "warning";
  readonly evidence: string;
}

/** One host, by the newest result of each command. */
export interface FleetHost {
  readonly name: string;
  readonly system: string | null;
  /** Of --root: a host has several images. */
  readonly root: string | null;
  readonly version: string | null;
  readonly verdict: Verdict["kind"];
  readonly words: string;
  readonly troubles: readonly Trouble[];
  /** Of its newest result. */
  readonly seenAt: string;
  /** Whether release and troubles are those that most hosts have. */
  readonly isUsual: boolean;
}

export interface Fleet {
  /** Worst first, then by name. */
  readonly hosts: readonly FleetHost[];
  readonly usual: { readonly version: string | null; readonly troubles: readonly string[] } | undefined;
}

type SeenHost = Omit<FleetHost, "isUsual"> & { readonly likeness: string };

/** Collects results one at a time, and keeps of each only what a page of many hosts needs. */
export function createFleet(): { add(result: Result): void; merge(): Fleet } {
  const byHost = new Map<string, Map<string, SeenHost>>();
  return {
    add(result) {
      const { host, command, startedAt } = result;
      const key = JSON.stringify([host.name, host.id, host.root]);
      const commands = byHost.get(key) ?? new Map<string, SeenHost>();
      byHost.set(key, commands);
      const known = commands.get(command);
      if (known === undefined || known.seenAt <= startedAt) commands.set(command, see(result));
    },
    merge: () => merge([...byHost.values()].map((commands) => join([...commands.values()]))),
  };
}

function see(result: Result): SeenHost {
  const { host, version, startedAt } = result;
  const { kind, words } = describeVerdict(result);
  const troubles = listTroubles(result);
  return { ...host, version, verdict: kind, words, troubles, seenAt: startedAt, likeness: "" };
}

function listTroubles({ checks, findings = [], error }: Result): readonly Trouble[] {
  const troubles = [
    ...checks.flatMap(({ id, status, evidence }): readonly Trouble[] =>
      status === "fail" || status === "warn"
        ? [{ id, severity: status === "fail" ? "error" : "warning", evidence }]
        : [],
    ),
    ...findings.flatMap(({ id, severity, evidence }): readonly Trouble[] =>
      severity === "info" ? [] : [{ id, severity, evidence }],
    ),
  ];
  if (troubles.some(({ severity }) => severity === "error") || error === null) return troubles;
  return [...troubles, { id: error.code, severity: "error", evidence: error.summary }];
}

const ranks = { bad: 0, warned: 1, good: 2 } as const satisfies Record<Verdict["kind"], number>;

/** What several commands say of one host: the worst verdict, all troubles, the release of the newest that knows one. */
function join(results: readonly SeenHost[]): SeenHost {
  const newestFirst = results.toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1));
  const [worst] = newestFirst.toSorted((a, b) => ranks[a.verdict] - ranks[b.verdict]);
  const [newest] = newestFirst;
  if (worst === undefined || newest === undefined) throw new Error("a host without results");
  const version = newestFirst.find((each) => each.version !== null)?.version ?? null;
  const troubles = newestFirst.flatMap((each) => each.troubles);
  const ids = [...new Set(troubles.map(({ id, severity }) => `${severity} ${id}`))].sort();
  const likeness = JSON.stringify([version, ids]);
  return { ...newest, version, verdict: worst.verdict, words: worst.words, troubles, likeness };
}

function merge(seen: readonly SeenHost[]): Fleet {
  const alike = Map.groupBy(seen, ({ likeness }) => likeness);
  const [usual] = [...alike.values()].toSorted((a, b) => b.length - a.length);
  const hosts = seen
    .map(({ likeness, ...host }) => ({ ...host, isUsual: likeness === usual?.[0]?.likeness }))
    .toSorted((a, b) => ranks[a.verdict] - ranks[b.verdict] || compareTexts(a.name, b.name));
  const [like] = usual ?? [];
  if (like === undefined) return { hosts, usual: undefined };
  return { hosts, usual: { version: like.version, troubles: [...new Set(like.troubles.map(({ id }) => id))] } };
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
