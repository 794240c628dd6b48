import type { Account } from "../../host/ports.ts";
import type { Diagnosis } from "../../verify/diagnose-download.ts";
import { type DoctorContext, oncePerRun } from "../doctor-context.ts";
import { type AskedDatabase, type AskedEntry, openProxyAsker } from "../../verify/proxies/ask-proxy-entry.ts";
import { followList, parseProxyEntries, type Verdict } from "../../verify/proxies/goproxy-entries.ts";
import { readNetworkSettings } from "./read-network-settings.ts";

/** What the accounts with the same settings fetch modules with. */
export interface AskedList {
  readonly accounts: readonly [Account, ...Account[]];
  readonly settings: Readonly<Record<string, string>>;
  readonly entries: readonly AskedEntry[];
  readonly verdict: Verdict;
  /** Why a module that comes cannot be checked, where the checksum database is at fault; null where it is not. */
  readonly database: (Pick<AskedEntry, "words" | "by"> & { readonly diagnosis: Diagnosis }) | null;
}

/** Asks every entry of every account's list by itself, once for all diagnostics of a run. */
export const askProxies = oncePerRun(ask);

async function ask(context: DoctorContext): Promise<readonly AskedList[]> {
  const all = await Promise.all(
    context.accounts.map(async (account) => {
      const variants = await readNetworkSettings(context, account);
      return variants.map((settings) => ({ account, settings }));
    }),
  );
  const groups = Map.groupBy(all.flat(), ({ settings }) => describe(settings));
  return Promise.all([...groups.values()].map((group, at) => askList(context, group, at)));
}

function describe(settings: Readonly<Record<string, string>>): string {
  const names = Object.keys(settings).toSorted((one, other) => (one < other ? -1 : 1));
  return JSON.stringify(names.map((name) => [name, settings[name]]));
}

async function askList(
  context: DoctorContext,
  group: readonly { readonly account: Account; readonly settings: Readonly<Record<string, string>> }[],
  number: number,
): Promise<AskedList> {
  const [first, ...others] = [...new Set(group.map(({ account }) => account))];
  const settings = group[0]?.settings ?? {};
  if (first === undefined) throw new Error("a list of proxies is nobody's");
  const accounts = [first, ...others] as const;
  const asker = await openProxyAsker(context.of(accounts.find(({ uid }) => uid !== 0) ?? first), settings, number);
  const entries = parseProxyEntries(settings["GOPROXY"] ?? "");
  const [byThemselves, database] = await Promise.all([
    Promise.all(entries.map((entry) => asker.askEntry(entry, false))),
    asker.askDatabase(),
  ]);
  const reached = followList(byThemselves);
  const last = byThemselves[reached.at];
  // Version control programs run and whole repositories come: only where go itself would do that.
  const isDirect = last?.kind === "direct" && last.outcome === "unasked";
  const answers = isDirect ? byThemselves.with(reached.at, await asker.askEntry(last, true)) : byThemselves;
  const verdict = followList(answers);
  return { accounts, settings, entries: answers, verdict, database: verdict.isWorking ? findFault(database) : null };
}

function findFault(database: AskedDatabase | null): AskedList["database"] {
  return database === null || database.diagnosis === null ? null : { ...database, diagnosis: database.diagnosis };
}
