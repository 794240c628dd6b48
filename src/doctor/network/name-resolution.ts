import { redactUrl } from "../../errors/redact-url.ts";
import { advise } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { diagnostic, type DoctorFinding, findInfo } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { type FailedEntry, findListOrigins, hasRoute, judgeList, listFailures, nameAccounts, nameList, ownerOf } from "./describe-lists.ts"; // prettier-ignore
import { parseEntryUrl } from "../../verify/proxies/goproxy-entries.ts";
import { mergeFindings } from "./merge-findings.ts";

export const offline = diagnostic({
  id: "offline",
  group: "network",
  severity: "warning",
  sees: "a host without a way to any module proxy",
  why: "No module comes that is not in the module cache already.",
  needs: ["running", "go"],
  async run(context) {
    const isAlone = !hasRoute(context);
    const failures = await listFailures(context, (kind) => kind === "no-network" || (isAlone && kind === "no-name"));
    const [first] = failures;
    if (first === undefined) return [];
    if (isAlone) {
      // No fault of anybody's, and one for all accounts.
      return [
        findInfo({
          evidence: "this host has no network: it reaches itself alone, and no module proxy",
          remedy: advise("connect this host, or point GOPROXY at a directory (file:///…); Go itself needs no network"),
        }),
      ];
    }
    return failures.map(({ list, failed }) =>
      judgeList(
        list,
        failed,
      )({
        account: ownerOf(list),
        evidence: `this host has no way to ${nameHosts(failed)} of ${nameList(list)} (${failed[0].words})`,
        remedy: advise("look at  ip route  and the firewall, or point GOPROXY at a proxy that this host can reach"),
      }),
    );
  },
});

export const dns = diagnostic({
  id: "dns",
  group: "network",
  severity: "warning",
  sees: "a module proxy whose name has no address here",
  why: "The go command cannot ask a proxy that it cannot find.",
  needs: ["running", "go"],
  async run(context) {
    if (!hasRoute(context)) return [];
    const findings: DoctorFinding[] = [];
    const { path, servers } = readNameServers(context);
    const asked = servers.length === 0 ? `${path} names no server` : `${path} names ${servers.join(", ")}`;
    for (const { list, failed } of await listFailures(context, (kind) => kind === "no-name")) {
      findings.push(
        judgeList(
          list,
          failed,
        )({
          account: ownerOf(list),
          evidence: `${nameHosts(failed)} of ${nameList(list)} does not resolve for ${nameAccounts(list)}; ${asked}`,
          origins: [path, ...(await findListOrigins(context, list, "GOPROXY"))],
          remedy: advise(failed[0].diagnosis.remedy),
        }),
      );
    }
    return mergeFindings(findings);
  },
});

export const ipv6Only = diagnostic({
  id: "ipv6-only",
  group: "network",
  severity: "warning",
  sees: "a module proxy with IPv6 addresses only, on a host without IPv6",
  why: "No connection to it can be made from here, however often go tries.",
  needs: ["running", "go"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const { list, failed } of await listFailures(context, (kind) => kind === "ipv6")) {
      findings.push(
        judgeList(
          list,
          failed,
        )({
          account: ownerOf(list),
          evidence: `${nameHosts(failed)} of ${nameList(list)} has an IPv6 address only, and this host has no way to it (${failed[0].words})`,
          origins: await findListOrigins(context, list, "GOPROXY"),
          remedy: advise(failed[0].diagnosis.remedy),
        }),
      );
    }
    return mergeFindings(findings);
  },
});

function nameHosts(failed: readonly FailedEntry[]): string {
  return [...new Set(failed.map((entry) => parseEntryUrl(entry)?.hostname ?? redactUrl(entry.text)))].join(" and ");
}

/** The servers of resolv.conf(5). */
function readNameServers({ files }: DoctorContext): { readonly path: string; readonly servers: readonly string[] } {
  const path = absolutePath("/etc/resolv.conf");
  const text = files.read(path)?.toString("utf8") ?? "";
  const servers = [...text.matchAll(/^nameserver\s+(\S+)/gm)].flatMap(([, server]) => server ?? []);
  return { path, servers };
}
