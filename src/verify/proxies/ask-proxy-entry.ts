import { redactUrl } from "../../errors/redact-url.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { RunResult } from "../../host/ports.ts";
import type { CheckContext } from "../check.ts";
import { type Diagnosis, diagnoseDownload } from "../diagnose-download.ts";
import { findsCertificates } from "../find-certificates.ts";
import { openAccountPlace, placeModule, runGoAsAccount } from "../hermetic-go.ts";
import { describeModuleWay } from "../module-way.ts";
import { restrictForRoot } from "../root-download.ts";
import { type Outcome, parseEntryUrl, type ProxyEntry } from "./goproxy-entries.ts";
import { chooseProxyVariable, type ProxyVariable } from "./proxy-variables.ts";

/** An entry of GOPROXY, and what it says by itself. */
export interface AskedEntry extends ProxyEntry {
  readonly outcome: Outcome;
  /** Null where it answers or was not asked. */
  readonly diagnosis: Diagnosis | null;
  /** Go's own words, in one line without passwords. */
  readonly words: string;
  /** The variable by whose HTTP proxy it was asked; null: directly. */
  readonly by: ProxyVariable | null;
  /** Of the whole question; 0 where it was not asked. */
  readonly durationMs: number;
}

/** What the checksum database says of a module that comes. */
export interface AskedDatabase extends Pick<AskedEntry, "words" | "by" | "durationMs"> {
  /** Null where it answers. */
  readonly diagnosis: Diagnosis | null;
}

/** Milliseconds for each question; all are asked side by side. */
const mostMs = 10_000;

export interface ProxyAsker {
  askEntry(entry: ProxyEntry, isDirectAsked: boolean): Promise<AskedEntry>;
  /** Null where nobody is asked, or another part of the way is at fault. */
  askDatabase(): Promise<AskedDatabase | null>;
}

/** Asks with the settings given, as the account; `number` keeps those of one run apart. */
export async function openProxyAsker(
  check: CheckContext,
  settings: Readonly<Record<string, string>>,
  number: number,
): Promise<ProxyAsker> {
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
      const silent = { ...entry, outcome: "unasked", diagnosis: null, words: "", by, durationMs: 0 } as const;
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
      const { durationMs } = result;
      if (result.status === 0) return { ...silent, outcome: "answers", durationMs };
      const found = await diagnose(result, by, url?.hostname);
      const { kind } = found.diagnosis;
      const outcome = result.endedBy === "time" ? "hangs" : kind === "absent" ? "absent" : "fails";
      return { ...silent, ...found, outcome, durationMs };
    },
    async askDatabase() {
      const { direct, checked } = describeModuleWay(settings, check.module);
      if (direct !== undefined || checked.includes("by nobody")) return null;
      const result = await run(["mod", "download", "-json", check.module], settings);
      const isOfDatabase = /verifying (?:module|go\.mod)|\/lookup\/|\/tile\/|\/sumdb\/|GOSUMDB|missing GOSUMDB/.test(`${result.stdout}${result.stderr}`); // prettier-ignore
      const by = chooseProxyVariable(settings, new URL("https://sum.golang.org/"));
      const { durationMs } = result;
      if (result.status === 0) return { diagnosis: null, words: "", by, durationMs };
      if (!(isOfDatabase || result.endedBy === "time")) return null;
      return { ...(await diagnose(result, by, undefined)), by, durationMs };
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
