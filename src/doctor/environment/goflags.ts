import { advise, runAs } from "../../errors/remedy.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import { findSettings } from "../settings.ts";

/** Flags that make commands fail which work everywhere else, and how. */
const harmful: readonly (readonly [pattern: RegExp, how: string])[] = [
  [/(?:^|\s)--?mod=vendor(?:\s|$)/, "`go install PROGRAM@VERSION` and every module without a vendor directory fail"],
  [/(?:^|\s)--?mod=mod(?:\s|$)/, "builds change go.mod and go.sum without a word"],
  [/(?:^|\s)--?insecure(?:\s|$)/, "go stops at a flag that it does not know any more"],
];

export const goflags = diagnostic({
  id: "goflags",
  group: "environment",
  severity: "warning",
  sees: "GOFLAGS with a flag that breaks usual commands",
  why: "Each go command gets these flags, also those of tools that do not expect them.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      for (const { value, origins, fix } of await findSettings(context, account, "GOFLAGS")) {
        const how = harmful.find(([pattern]) => pattern.test(value))?.[1];
        if (how === undefined) continue;
        findings.push(
          findWarning({
            account: account.name,
            evidence: `GOFLAGS=${value} of ${account.name}: ${how}`,
            origins,
            remedy:
              fix === null
                ? advise(`take that flag out of GOFLAGS in ${origins.join(" and ")}`)
                : runAs(account.name, "go", "env", "-u", "GOFLAGS"),
            fix,
          }),
        );
      }
    }
    return findings;
  },
});
