import { redactUrl } from "../../errors/redact-url.ts";
import { advise } from "../../errors/remedy.ts";
import type { DownloadFault } from "../../verify/diagnose-download.ts";
import { diagnostic, type DoctorFinding, findInfo } from "../diagnostic.ts";
import { askProxies } from "./ask-proxies.ts";
import { findWrongClock } from "./clock-wrong.ts";
import { findListOrigins, judgeList, listFailures, nameAccounts, nameList, ownerOf } from "./describe-lists.ts";
import { explainFallback } from "../../verify/proxies/goproxy-entries.ts";
import { mergeFindings } from "./merge-findings.ts";

/** Causes that have a diagnostic of their own: one cause is reported once. */
const others: ReadonlySet<DownloadFault> = new Set<DownloadFault>([
  "off",
  "setting",
  "http-proxy",
  "http-proxy-password",
  "ipv6",
  "no-network",
  "no-name",
  "unknown-authority",
  "no-certificates",
  "no-git",
  "login-page",
]);

export const goproxyEntry = diagnostic({
  id: "goproxy-entry",
  group: "network",
  severity: "warning",
  sees: "an entry of GOPROXY that fails by itself, and what go does then",
  why: "Whether the next entry is asked depends on one character of the list, and a proxy that hangs stops every build.",
  needs: ["running", "go"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    const failures = await listFailures(
      context,
      (kind, { by }) => !others.has(kind) && !(kind === "hang" && by !== null),
    );
    for (const { list, failed } of failures) {
      for (const entry of failed) {
        if (entry.diagnosis.kind === "certificate-time" && (await findWrongClock(context)) !== null) continue;
        const { cause, remedy } = entry.diagnosis;
        const said = entry.outcome === "hangs" || entry.words === "" ? "" : ` (${entry.words})`;
        const isMore = list.entries.length > 1;
        findings.push(
          judgeList(list, [entry])({
            account: ownerOf(list),
            evidence: `${redactUrl(entry.text)} in ${nameList(list)} of ${nameAccounts(list)}: ${cause}${said}${isMore ? `; ${redactUrl(explainFallback(list.entries, entry.at))}` : ""}`,
            origins: await findListOrigins(context, list, "GOPROXY"),
            remedy: advise(remedy),
          }),
        );
      }
    }
    return mergeFindings([...findings, ...(await findAbsences(context))]);
  },
});

/** Each entry answers, and none has a module that is public. */
async function findAbsences(context: Parameters<typeof askProxies>[0]): Promise<readonly DoctorFinding[]> {
  const lists = await askProxies(context);
  return lists.flatMap((list) => {
    if (list.verdict.isWorking || list.entries.length === 0) return [];
    if (list.entries.some(({ outcome }) => outcome !== "absent")) return [];
    const module = context.of(list.accounts[0]).module;
    return [
      findInfo({
        account: ownerOf(list),
        evidence: `no entry of ${nameList(list)} of ${nameAccounts(list)} has ${module}, which is public`,
        remedy: advise("nothing, where public modules are not to come that way; else add a proxy that has them"),
      }),
    ];
  });
}
