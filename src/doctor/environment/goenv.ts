import { absolutePath } from "../../host/absolute-path.ts";
import { homeFiles } from "../../host/places.ts";
import { advise, runAsRoot } from "../../errors/remedy.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { parseGoEnvFile } from "../../release/go-env-file.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import { holds } from "./ask-account.ts";
import { settingDiagnostic } from "./setting-diagnostic.ts";

export const goenv = settingDiagnostic({
  id: "goenv",
  names: ["GOENV"],
  sees: "GOENV that hides what `go env -w` has stored",
  why: "The go command ignores the account's settings, and `go env -w` stores none or somewhere else.",
  async judge({ context, account, value }) {
    const usual = absolutePath(account.home, ".config/go/env");
    if (value === usual) return undefined;
    const text = await context.readHome(account, usual);
    const count = Object.keys(parseGoEnvFile(text ?? "")).length;
    if (count === 0) return undefined;
    const hidden = `the ${count} ${count === 1 ? "setting" : "settings"} in ${usual} ${count === 1 ? "does" : "do"} not count`;
    if (value === "off") return { how: hidden };
    return (await holds(context, account, '[ -r "$1" ]', value)) ? undefined : { how: `it cannot be read, and ${hidden}` }; // prettier-ignore
  },
});

export const goenvUnreadable = diagnostic({
  id: "goenv-unreadable",
  group: "environment",
  severity: "warning",
  sees: "a file of `go env -w` that the account cannot read",
  why: "The go command passes over all settings in it without a word, and `go env -w` fails.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const path = `${account.home}/${homeFiles.goEnv}`;
      if (await holds(context, account, '[ ! -e "$1" ] || [ -r "$1" ]', path)) continue;
      findings.push(
        findWarning({
          account: account.name,
          evidence: `${path} cannot be read by ${account.name}`,
          origins: [path],
          remedy: runAsRoot("chown", "-h", `${account.name}:`, path),
        }),
      );
    }
    return findings;
  },
});

/** Those of which a diagnostic of their own says whether they are wrong. */
const judged: ReadonlySet<string> = new Set(
  [
    "GOROOT GOPATH GOBIN GOCACHE GOMODCACHE GO111MODULE GOFLAGS GOOS GOARCH CGO_ENABLED GOTOOLCHAIN GOWORK GOTMPDIR GOEXPERIMENT",
    "GOPROXY GOSUMDB GONOSUMDB GONOPROXY GOPRIVATE GOINSECURE GOVCS GOAUTH",
  ].flatMap((names) => names.split(" ")),
);

export const storedSettings = diagnostic({
  id: "stored-settings",
  group: "environment",
  severity: "info",
  sees: "other settings that `go env -w` has stored",
  why: "They count in every build of the account and are in no file of its shells: easily forgotten.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const { goenv: stored } = await readAccountSettings(context.of(account));
      const names = Object.keys(stored?.settings ?? {}).filter((name) => !judged.has(name) && stored?.settings[name]);
      if (stored === null || names.length === 0) continue;
      const settings = names.map((name) => `${name}=${redactUrl(stored.settings[name] ?? "")}`);
      findings.push(
        findInfo({
          account: account.name,
          evidence: `go env -w of ${account.name} has stored ${settings.join(" ")}`,
          origins: [stored.path],
          remedy: advise(`what is not wanted any more, as ${account.name}:  go env -u ${names.join(" ")}`),
        }),
      );
    }
    return findings;
  },
});
