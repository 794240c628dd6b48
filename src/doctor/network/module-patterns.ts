import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import { findNetworkSettings } from "./read-network-settings.ts";
import { composeUnset } from "./unset-remedy.ts";
import { mergeFindings } from "./merge-findings.ts";

/** Hosts where everybody's modules are. A pattern that stops at one of them means all of these. */
const publicHosts: ReadonlySet<string> = new Set([
  "github.com",
  "gitlab.com",
  "bitbucket.org",
  "codeberg.org",
  "gopkg.in",
  "go.googlesource.com",
  "golang.org",
  "google.golang.org",
  "go.uber.org",
  "k8s.io",
  "rsc.io",
]);

/** The patterns of a list that public modules are meant by, too: `*`, `*.com`, `github.com`, `github.com/*`. */
export function listWidePatterns(list: string): readonly string[] {
  return list
    .split(",")
    .map((pattern) => pattern.trim().replace(/\/+$/, ""))
    .filter((pattern) => {
      const [host = "", ...path] = pattern.split("/");
      if (path.some((element) => element !== "*")) return false;
      return publicHosts.has(host) || /^[*?]+$/.test(host) || /^\*[^.]*\.[a-z]+$/.test(host) || matchesPublic(host);
    });
}

/** `*.org`, `git*.com`: a host with a star that one of the public hosts fits. */
function matchesPublic(host: string): boolean {
  if (!host.includes("*")) return false;
  const text = host.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return [...publicHosts].some((known) => new RegExp(`^${text}$`).test(known));
}

export const goprivateWide = diagnostic({
  id: "goprivate-wide",
  group: "network",
  severity: "warning",
  sees: "GOPRIVATE, GONOPROXY or GONOSUMDB with a pattern that means public modules, too",
  why: "They are then fetched from their own hosts with git, or not held against the checksum database.",
  needs: [],
  run: (context) =>
    findWide(context, ["GOPRIVATE", "GONOPROXY", "GONOSUMDB"], {
      GOPRIVATE: "no proxy is asked for such modules, and nobody checks them",
      GONOPROXY: "no proxy is asked for such modules",
      GONOSUMDB: "nobody checks such modules",
      GOINSECURE: "",
    }),
});

export const goinsecure = diagnostic({
  id: "goinsecure",
  group: "network",
  severity: "warning",
  sees: "GOINSECURE with a pattern that means public modules",
  why: "They are then fetched without checking who sends them.",
  needs: [],
  run: (context) =>
    findWide(context, ["GOINSECURE"], {
      GOPRIVATE: "",
      GONOPROXY: "",
      GONOSUMDB: "",
      GOINSECURE: "such modules are fetched over http, or with any certificate",
    }),
});

type PatternName = "GOPRIVATE" | "GONOPROXY" | "GONOSUMDB" | "GOINSECURE";

async function findWide(
  context: Parameters<typeof findNetworkSettings>[0],
  names: readonly PatternName[],
  harm: Readonly<Record<PatternName, string>>,
): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  for (const account of context.accounts) {
    for (const name of names) {
      for (const setting of await findNetworkSettings(context, account, name)) {
        // GONOSUMDB=* is what gosumdb-off tells.
        const wide = listWidePatterns(setting.value).filter((pattern) => name !== "GONOSUMDB" || pattern !== "*");
        if (wide.length === 0) continue;
        findings.push(
          findWarning({
            account: account.name,
            evidence: `${wide.join(", ")} in ${name}=${setting.value} of ${account.name}: ${harm[name]}`,
            origins: setting.origins,
            remedy: await composeUnset(context, account, { name, ...setting }),
            fix: setting.fix,
          }),
        );
      }
    }
  }
  return mergeFindings(findings);
}
