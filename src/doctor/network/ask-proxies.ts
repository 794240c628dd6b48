import { redactUrl } from "../../errors/redact-url.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account, RunResult } from "../../host/ports.ts";
import type { CheckContext } from "../../verify/check.ts";
import { type Diagnosis, diagnoseDownload } from "../../verify/diagnose-download.ts";
import { findsCertificates } from "../../verify/find-certificates.ts";
import { openAccountPlace, placeModule, runGoAsAccount } from "../../verify/hermetic-go.ts";
import { describeModuleWay } from "../../verify/module-way.ts";
import { restrictForRoot } from "../../verify/root-download.ts";
import { type DoctorContext, oncePerRun } from "../doctor-context.ts";
import { followList, type Outcome, parseEntryUrl, parseProxyEntries, type ProxyEntry, type Verdict } from "./goproxy-list.ts"; // prettier-ignore
import { chooseProxyVariable, type ProxyVariable } from "./proxy-variables.ts";
import { readNetworkSettings } from "./read-network-settings.ts";

/** An entry of GOPROXY, and what it says by itself. */
export interface AskedEntry extends ProxyEntry {
  readonly outcome: Outcome;
  /** Null where it answers or was not asked. */
  readonly diagnosis: Diagnosis | null;
  /** Go's own words, in one line without passwords. */
  readonly words: string;
  /** The variable by whose HTTP proxy it was asked; null: directly. */
  readonly by: ProxyVariable | null;
}

/** What the accounts with the same settings fetch modules with. */
export interface AskedList {
  readonly accounts: readonly [Account, ...Account[]];
  readonly settings: Readonly<Record<string, string>>;
  readonly entries: readonly AskedEntry[];
  readonly verdict: Verdict;
  /** Why a module that comes cannot be checked, where the checksum database is at fault; null where it is not. */
  readonly database: (Pick<AskedEntry, "words" | "by"> & { readonly diagnosis: Diagnosis }) | null;
}

/** Milliseconds for each question; all are asked side by side. */
const mostMs = 10_000;

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
  const asker = await openAsker(context.of(accounts.find(({ uid }) => uid !== 0) ?? first), settings, number);
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
  return { accounts, settings, entries: answers, verdict, database: verdict.isWorking ? database : null };
}

interface Asker {
  askEntry(entry: ProxyEntry, isDirectAsked: boolean): Promise<AskedEntry>;
  askDatabase(): Promise<AskedList["database"]>;
}

async function openAsker(
  check: CheckContext,
  settings: Readonly<Record<string, string>>,
  number: number,
): Promise<Asker> {
  const isRoot = check.account.uid === 0;
  const place = await openAccountPlace(check);
  const module = await placeModule(check, "network", "package main\n", place);
  const timeoutMs = Math.min(mostMs, check.timeoutMs);
  let questions = 0;
  const run = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<RunResult> => {
    questions += 1;
    const own = isRoot ? restrictForRoot(env).env : { NETRC: `${check.account.home}/.netrc`, ...env };
    const modules = absolutePath(place.scratch, `network-${number}-${questions}`);
    return runGoAsAccount(check, args, { module, env: { ...own, GOMODCACHE: modules }, timeoutMs });
  };
  const diagnose = async (result: RunResult, by: ProxyVariable | null, host: string | undefined) => {
    const isLate = result.endedBy === "time";
    const text = `${result.stdout}\n${result.stderr}`;
    const found = diagnoseDownload(isLate ? undefined : text);
    const isUntrusted = found.kind === "unknown-authority" && !(await findsCertificates(check, settings));
    const diagnosis: Diagnosis = isUntrusted
      ? { ...found, kind: "no-certificates" }
      : await lookAtName(found, by === null ? host : undefined);
    const line = /^go: .*$/m.exec(result.stderr)?.[0] ?? /^\t"Error": "(.*)",?$/m.exec(result.stdout)?.[1] ?? "";
    const words = isLate ? `no answer within ${timeoutMs / 1000} s` : line.replace(/^go: (?:\S+@\S+: )?/, "");
    return { diagnosis, words: redactUrl(words) };
  };
  /** What go's own words do not tell: a resolver that does not answer, and a name that has other addresses as well. */
  const lookAtName = async (found: Diagnosis, host: string | undefined): Promise<Diagnosis> => {
    if (host === undefined || (found.kind !== "hang" && found.kind !== "ipv6")) return found;
    const addresses = await findAddresses(check, host);
    if (found.kind === "hang") return addresses.length === 0 ? diagnoseDownload("no such host") : found;
    return addresses.some((address) => /^\d+\./.test(address)) ? diagnoseDownload("network is unreachable") : found;
  };
  return {
    async askEntry(entry, isDirectAsked) {
      const url = parseEntryUrl(entry);
      const by = url === undefined ? null : chooseProxyVariable(settings, url);
      const silent = { ...entry, outcome: "unasked", diagnosis: null, words: "", by } as const;
      const isForRoot = !isRoot || entry.kind === "web";
      if (entry.kind === "off" || entry.kind === "invalid") {
        return { ...silent, outcome: "fails", diagnosis: diagnoseDownload(entry.kind === "off" ? "disabled by GOPROXY=off" : "invalid proxy URL") }; // prettier-ignore
      }
      if (!isForRoot || (entry.kind === "direct" && !isDirectAsked)) return silent;
      const result = await run(["list", "-m", "-json", check.module], {
        ...settings,
        GOPROXY: entry.text,
        GOPRIVATE: "",
        GONOPROXY: "none",
        GOSUMDB: "off",
      });
      if (result.status === 0) return { ...silent, outcome: "answers" };
      const found = await diagnose(result, by, url?.hostname);
      const { kind } = found.diagnosis;
      const outcome = result.endedBy === "time" ? "hangs" : kind === "absent" ? "absent" : "fails";
      return { ...silent, ...found, outcome };
    },
    async askDatabase() {
      const { direct, checked } = describeModuleWay(settings, check.module);
      if (direct !== undefined || checked.includes("by nobody")) return null;
      const result = await run(["mod", "download", "-json", check.module], settings);
      const isOfDatabase = /verifying (?:module|go\.mod)|\/lookup\/|\/tile\/|\/sumdb\/|GOSUMDB|missing GOSUMDB/.test(`${result.stdout}${result.stderr}`); // prettier-ignore
      if (result.status === 0 || !(isOfDatabase || result.endedBy === "time")) return null;
      const by = chooseProxyVariable(settings, new URL("https://sum.golang.org/"));
      return { ...(await diagnose(result, by, undefined)), by };
    },
  };
}

/** The addresses that the account's programs find for a name; empty too where the resolver does not answer. */
async function findAddresses({ processes, account }: CheckContext, host: string): Promise<readonly string[]> {
  const { stdout } = await processes.run({
    argv: ["/usr/bin/getent", "ahosts", host.replace(/^\[(.*)\]$/, "$1")],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs: 3_000,
  });
  return stdout.split("\n").flatMap((line) => line.split(/\s/, 1).filter((word) => word !== ""));
}
