import { redactUrl } from "../../errors/redact-url.ts";
import { advise } from "../../errors/remedy.ts";
import { isNoProxyList } from "../../fetch/http/choose-proxy.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import { findOrigins } from "../settings.ts";
import { findListOrigins, judgeList, listFailures, nameAccounts, nameList, ownerOf } from "./describe-lists.ts";
import { findProxyFault, listDisagreements } from "../../verify/proxies/proxy-variables.ts";
import { mergeFindings } from "./merge-findings.ts";

export const proxyDead = diagnostic({
  id: "proxy-dead",
  group: "network",
  severity: "warning",
  sees: "HTTPS_PROXY or HTTP_PROXY with an HTTP proxy that does not answer",
  why: "Every download of go's goes there, whatever GOPROXY says, and none arrives.",
  needs: ["running", "go"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    const failures = await listFailures(
      context,
      (kind, { by }) => by !== null && (kind === "http-proxy" || kind === "hang"),
    );
    for (const { list, failed } of failures) {
      const [{ by, words, diagnosis }] = failed;
      if (by === null) continue;
      const fault = findProxyFault(by.value);
      const origins = await findListOrigins(context, list, by.name);
      const where = origins.length === 0 ? "" : ` in ${origins.join(" and ")}`;
      const cause = diagnosis.kind === "hang" ? "nothing comes by the HTTP proxy" : diagnosis.cause;
      findings.push(
        judgeList(
          list,
          failed,
        )({
          account: ownerOf(list),
          evidence: redactUrl(
            `${by.name}=${by.value} of ${nameAccounts(list)}: ${cause} (${fault === null ? "" : `${fault}; `}${words})`,
          ),
          origins,
          remedy: advise(`correct ${by.name}${where}, or take it out where this network needs no HTTP proxy`),
        }),
      );
    }
    return mergeFindings(findings);
  },
});

export const proxyCredentials = diagnostic({
  id: "proxy-credentials",
  group: "network",
  severity: "warning",
  sees: "an HTTP proxy that wants a user and a password (407)",
  why: "It lets nothing through until the variable that names it holds them.",
  needs: ["running", "go"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const { list, failed } of await listFailures(context, (kind) => kind === "http-proxy-password")) {
      const [{ by, text }] = failed;
      const name = by?.name ?? "HTTPS_PROXY";
      const which = by === null ? text : `${by.name}=${by.value}`;
      findings.push(
        judgeList(
          list,
          failed,
        )({
          account: ownerOf(list),
          evidence: redactUrl(`${which} of ${nameAccounts(list)} wants a user and a password (407)`),
          origins: await findListOrigins(context, list, name),
          remedy: advise(
            `write user, colon, password and an at sign in front of the host in ${name} (an at sign in the password as %40)`,
          ),
        }),
      );
    }
    return mergeFindings(findings);
  },
});

export const loginPage = diagnostic({
  id: "login-page",
  group: "network",
  severity: "warning",
  sees: "a login page that answers in place of a module proxy",
  why: "Go takes what it gets for a module's data, and stops at the first character of a web page.",
  needs: ["running", "go"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const { list, failed } of await listFailures(context, (kind) => kind === "login-page")) {
      const names = failed.map(({ text }) => text).join(" and ");
      const [{ words, diagnosis }] = failed;
      findings.push(
        judgeList(
          list,
          failed,
        )({
          account: ownerOf(list),
          evidence: `${redactUrl(names)} in ${nameList(list)} of ${nameAccounts(list)}: a page answers in its place (${words})`,
          origins: await findListOrigins(context, list, "GOPROXY"),
          remedy: advise(diagnosis.remedy),
        }),
      );
    }
    return mergeFindings(findings);
  },
});

export const proxyVariablesDiffer = diagnostic({
  id: "proxy-variables-differ",
  group: "network",
  severity: "warning",
  sees: "HTTPS_PROXY and https_proxy, or another such pair, that disagree",
  why: "Go takes the name in upper case, curl and git take the other: one of them goes the wrong way.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const { environments } = await readAccountSettings(context.of(account));
      const pairs = new Map(
        environments.flatMap(({ env }) => listDisagreements(env)).map((pair) => [JSON.stringify(pair), pair]),
      );
      for (const { upper, lower } of pairs.values()) {
        const [above, below] = await Promise.all([
          findOrigins(context, account, upper.name),
          findOrigins(context, account, lower.name),
        ]);
        const places = [...new Set([...above, ...below])];
        findings.push(
          findWarning({
            account: account.name,
            evidence: redactUrl(
              `${account.name} has ${upper.name}=${upper.value} and ${lower.name}=${lower.value}; go takes the first`,
            ),
            origins: places,
            remedy: advise(
              `give ${upper.name} and ${lower.name} one value${places.length === 0 ? "" : ` in ${places.join(" and ")}`}`,
            ),
          }),
        );
      }
    }
    return mergeFindings(findings);
  },
});

const unread = [{ upper: "ALL_PROXY", lower: "all_proxy" }] as const;

export const allProxyUnread = diagnostic({
  id: "all-proxy-unread",
  group: "network",
  severity: "info",
  sees: "ALL_PROXY without HTTPS_PROXY",
  why: "Curl and git go by ALL_PROXY; go does not read it, and asks directly.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const { environments } = await readAccountSettings(context.of(account));
      for (const { upper, lower } of unread) {
        const env = environments.find((each) => each.env[upper] || each.env[lower])?.env;
        if (env === undefined || env["HTTPS_PROXY"] || env["https_proxy"]) continue;
        const name = env[upper] ? upper : lower;
        findings.push(
          findInfo({
            account: account.name,
            evidence: redactUrl(
              `${name}=${env[name]} of ${account.name} is not read by go, and HTTPS_PROXY is not set`,
            ),
            origins: await findOrigins(context, account, name),
            remedy: advise("set HTTPS_PROXY and HTTP_PROXY to the same proxy, where go is to go by it"),
          }),
        );
      }
    }
    return mergeFindings(findings);
  },
});

export const noProxyRule = diagnostic({
  id: "no-proxy-rule",
  group: "network",
  severity: "info",
  sees: "a rule in NO_PROXY that go does not understand, as in 10.*",
  why: "The hosts that are meant are asked by way of the HTTP proxy after all.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const { environments } = await readAccountSettings(context.of(account));
      for (const name of ["NO_PROXY", "no_proxy"] as const) {
        const value = environments.find(({ env }) => env[name])?.env[name] ?? "";
        const bad = value.split(/[\s,]+/).filter((rule) => rule !== "" && !isNoProxyList(rule));
        if (bad.length === 0) continue;
        findings.push(
          findInfo({
            account: account.name,
            evidence: `${bad.join(", ")} in ${name} of ${account.name} means nothing to go`,
            origins: await findOrigins(context, account, name),
            remedy: advise("write names (.corp.example covers its subdomains), addresses or networks as 10.0.0.0/8"),
          }),
        );
      }
    }
    return mergeFindings(findings);
  },
});
