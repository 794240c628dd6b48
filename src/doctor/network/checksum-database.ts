import { redactUrl } from "../../errors/redact-url.ts";
import { advise } from "../../errors/remedy.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import { askProxies } from "./ask-proxies.ts";
import { findListOrigins, nameAccounts, ownerOf } from "./describe-lists.ts";
import { findNetworkSettings } from "./read-network-settings.ts";
import { composeUnset } from "./unset-remedy.ts";
import { mergeFindings } from "./merge-findings.ts";

/** Settings by which nobody says that a module is the one that everybody gets. */
const unchecked = [
  { name: "GOSUMDB", isMeant: (value: string) => value.trim() === "off" },
  { name: "GONOSUMDB", isMeant: (value: string) => value.split(",").some((pattern) => pattern.trim() === "*") },
] as const;

export const gosumdbOff = diagnostic({
  id: "gosumdb-off",
  group: "network",
  severity: "warning",
  sees: "GOSUMDB=off, or GONOSUMDB=*",
  why: "A proxy, or whoever stands in between, can then give this host other modules than everybody else, and nobody sees it.",
  needs: [],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      for (const { name, isMeant } of unchecked) {
        for (const setting of await findNetworkSettings(context, account, name)) {
          if (!isMeant(setting.value)) continue;
          findings.push(
            findWarning({
              account: account.name,
              evidence: `${name}=${setting.value} of ${account.name}: no module is held against the checksum database`,
              origins: setting.origins,
              remedy: await composeUnset(context, account, { name, ...setting }),
              fix: setting.fix,
            }),
          );
        }
      }
    }
    return mergeFindings(findings);
  },
});

export const gosumdbUnreachable = diagnostic({
  id: "gosumdb-unreachable",
  group: "network",
  severity: "warning",
  sees: "a checksum database that cannot be asked, where modules themselves come",
  why: "Go refuses a module that it has seen for the first time and cannot check.",
  needs: ["running", "go"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const list of await askProxies(context)) {
      const { database, settings } = list;
      if (database === null) continue;
      const [first = "", url] = (settings["GOSUMDB"] ?? "").trim().split(/\s+/);
      const name = url ?? (first.split("+")[0] || "sum.golang.org");
      findings.push(
        findWarning({
          account: ownerOf(list),
          evidence: redactUrl(
            `the checksum database ${name} does not answer ${nameAccounts(list)}: ${database.diagnosis.cause.replace("the proxy", "it")} (${database.words})`,
          ),
          origins: await findListOrigins(context, list, "GOSUMDB"),
          remedy: advise(`let this host reach ${name}, or use a module proxy that passes it on (under /sumdb/)`),
        }),
      );
    }
    return mergeFindings(findings);
  },
});
