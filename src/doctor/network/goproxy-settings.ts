import { redactUrl } from "../../errors/redact-url.ts";
import { runAsRoot } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import { parseProxyEntries } from "../../verify/proxies/goproxy-entries.ts";
import { findNetworkSettings } from "./read-network-settings.ts";
import { composeUnset } from "./unset-remedy.ts";
import { mergeFindings } from "./merge-findings.ts";

export const goproxyOff = diagnostic({
  id: "goproxy-off",
  group: "network",
  severity: "warning",
  sees: "GOPROXY that is off, or a list without entries",
  why: "The go command then downloads nothing: no module, no tool, no toolchain.",
  needs: [],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      for (const setting of await findNetworkSettings(context, account, "GOPROXY")) {
        const [first] = parseProxyEntries(setting.value);
        if (first !== undefined && first.kind !== "off") continue;
        const how = first === undefined ? "is a list without entries" : "lets nothing be downloaded";
        findings.push(
          findWarning({
            account: account.name,
            evidence: `GOPROXY=${setting.value} of ${account.name} ${how}`,
            origins: setting.origins,
            remedy: await composeUnset(context, account, { name: "GOPROXY", ...setting }),
            fix: setting.fix,
          }),
        );
      }
    }
    return mergeFindings(findings);
  },
});

export const goproxyInvalid = diagnostic({
  id: "goproxy-invalid",
  group: "network",
  severity: "warning",
  sees: "an entry of GOPROXY that is no address of a proxy",
  why: "The go command refuses the whole list because of it.",
  needs: [],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      for (const setting of await findNetworkSettings(context, account, "GOPROXY")) {
        const bad = parseProxyEntries(setting.value).filter(({ kind }) => kind === "invalid");
        if (bad.length === 0) continue;
        findings.push(
          findWarning({
            account: account.name,
            evidence: redactUrl(
              `${bad.map(({ text }) => text).join(", ")} in GOPROXY=${setting.value} of ${account.name}: an entry is an https://, http:// or file:/// address, direct or off`,
            ),
            origins: setting.origins,
            remedy: await composeUnset(context, account, { name: "GOPROXY", ...setting }),
            fix: setting.fix,
          }),
        );
      }
    }
    return mergeFindings(findings);
  },
});

export const goproxyDirectNoGit = diagnostic({
  id: "goproxy-direct-no-git",
  group: "network",
  severity: "warning",
  sees: "GOPROXY=direct, or direct before every proxy, on a host without git",
  why: "The go command then fetches modules with git, and fails where there is none.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      for (const { value, origins } of await findNetworkSettings(context, account, "GOPROXY")) {
        if (parseProxyEntries(value)[0]?.kind !== "direct") continue;
        const { env } = await readAccountSettings(context.of(account));
        const { status } = await context.processes.run({
          argv: ["/bin/sh", "-c", "command -v git >/dev/null"],
          env: { PATH: env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" },
          cwd: absolutePath("/"),
          asUser: account,
          timeoutMs: 5_000,
        });
        if (status === 0) continue;
        findings.push(
          findWarning({
            account: account.name,
            evidence: `GOPROXY=${value} of ${account.name} needs git for nearly every module, and ${account.name} finds none`,
            origins,
            remedy: runAsRoot("apt-get", "install", "-y", "git"),
          }),
        );
      }
    }
    return mergeFindings(findings);
  },
});
