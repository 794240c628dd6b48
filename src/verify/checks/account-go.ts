import type { Architecture } from "../../release/architecture.ts";
import type { GoLanguage } from "../../release/go-version.ts";
import { askAccountGo, readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, pass, skip, warn } from "../check.ts";
import { findSettingOrigins, type TracedName } from "../trace-origins.ts";
import { adviseUnset } from "./foreign-settings.ts";
import { formatRemedy } from "../../errors/remedy.ts";
import { unsetStored } from "../unset-stored.ts";

/**
 * What an account's left-over settings make of this release; the other checks run without them. GOTOOLCHAIN is judged and
 * not followed: go could fetch another release.
 */
const judges: Readonly<Record<string, (value: string, host: Host) => string | undefined>> = {
  GOTOOLCHAIN: (value, { version }) =>
    /^(?:|auto|local|path)$/.test(value) || value.replace(/\+(?:auto|path)$/, "") === version
      ? undefined
      : "go then runs another release, and fetches it where it is not there",
  GO111MODULE: (value) => (value === "off" ? "go then knows no modules" : undefined),
  GOFLAGS: (value) => (/(?:^|\s)-mod=/.test(value) ? "`go install NAME@VERSION` then fails" : undefined),
  GOOS: (value) => (["", "linux"].includes(value) ? undefined : "what is built then does not run here"),
  GOARCH: (value, { architecture }) =>
    ["", architecture].includes(value) ? undefined : "what is built then does not run here",
};

interface Host {
  readonly version: string;
  readonly architecture: Architecture;
}

export const accountGo: Check = {
  id: "account-go",
  layer: 2,
  proves:
    "the account's own settings (GOTOOLCHAIN, GO111MODULE, GOFLAGS, GOOS, GOARCH) leave go the release that it is",
  cost: "start",
  bound: 6,
  needsRunning: true,
  // `go env GOVERSION` came with it.
  since: "1.16" as GoLanguage,
  async run(context) {
    const { account, version } = context;
    const answer = await askAccountGo(context);
    if ("failure" in answer)
      return warn(`go does not answer ${account.name}: ${answer.failure}`, `see  go version  as ${account.name}`);
    const findings = await listFindings(context);
    if (findings.length > 0) {
      return warn(
        findings.map(({ evidence }) => evidence).join("; "),
        [...new Set(findings.map(({ remedy }) => remedy))].join("; "),
      );
    }
    const said = answer.values["GOVERSION"];
    if (said === undefined) return skip(`go does not name its version to ${account.name}`);
    if (said !== version)
      return warn(`go says that it is ${said} to ${account.name}`, `readygo install ${version} --user ${account.name}`);
    return pass(`${said} for ${account.name}, whose settings leave it so`);
  },
};

async function listFindings(
  context: CheckContext,
): Promise<readonly { readonly evidence: string; readonly remedy: string }[]> {
  const { environments, goenv } = await readAccountSettings(context);
  const findings: { readonly evidence: string; readonly remedy: string }[] = [];
  for (const [name, judge] of Object.entries(judges)) {
    const inShell = environments.map(({ env }) => env[name]).find((value) => value !== undefined && value !== "");
    const inFile = goenv?.settings[name];
    const value = inShell ?? inFile;
    const harm = value === undefined ? undefined : judge(value, context);
    if (value === undefined || harm === undefined) continue;
    const origins = inShell === undefined ? [goenv?.path ?? ""] : await findSettingOrigins(context, name as TracedName);
    findings.push({
      evidence: `${name}=${value}${origins.length === 0 ? "" : ` of ${origins.join(", ")}`}: ${harm}`,
      remedy: inShell === undefined ? formatRemedy(unsetStored(context.account, name)) : adviseUnset(context, name),
    });
  }
  return findings;
}
