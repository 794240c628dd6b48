import { advise, runAsRoot } from "../../errors/remedy.ts";
import type { Account } from "../../host/ports.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { askAccount } from "./ask-account.ts";
import { readValues } from "./setting-diagnostic.ts";

export const gobinNotOnPath = diagnostic({
  id: "gobin-not-on-path",
  group: "environment",
  severity: "info",
  sees: "programs that `go install` has made in a directory on no PATH",
  why: "They are there, and the shell says: command not found.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const directory = await findBin(context, account);
      const { environments, env } = await readAccountSettings(context.of(account));
      const paths = [env, ...environments.map((each) => each.env)].flatMap((each) => (each["PATH"] ?? "").split(":"));
      if (paths.some((entry) => entry.replace(/\/+$/, "") === directory)) continue;
      const names = (await askAccount(context, account, listPrograms, directory)).split("\0").slice(0, -1);
      const [name] = names;
      if (name === undefined) continue;
      const isUsual = directory === `${account.home}/go/bin`;
      findings.push(
        findInfo({
          account: account.name,
          evidence: `${directory} of ${account.name} has ${names.length === 1 ? name : `${name} and ${names.length - 1} more`}, and is on no PATH`,
          origins: [directory],
          remedy:
            isUsual && context.receipt !== undefined
              ? runAsRoot("readygo", "install", context.receipt.version, "--gobin", "--user", account.name)
              : advise(`add ${directory} to PATH in ${account.name}'s files`),
        }),
      );
    }
    return findings;
  },
});

/** Where `go install` puts programs. */
async function findBin(context: DoctorContext, account: Account): Promise<string> {
  const [[bin], [path]] = [
    await readValues(context, account, "GOBIN"),
    await readValues(context, account, "GOPATH"),
  ] as const;
  return (bin ?? `${path?.split(":")[0] ?? `${account.home}/go`}/bin`).replace(/\/+$/, "");
}

const listPrograms = `cd -- "$1" 2>/dev/null || exit 0
for name in *; do if [ -f "$name" ] && [ -x "$name" ]; then printf '%s\\0' "$name"; fi; done`;

export const gopathSrc = diagnostic({
  id: "gopath-src",
  group: "environment",
  severity: "warning",
  sees: "a project below $GOPATH/src without a go.mod, while modules are off",
  why: "It is built without versions of what it imports, and not at all once modules are on, as they are by default.",
  needs: ["running"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const account of context.accounts) {
      const modes = await readValues(context, account, "GO111MODULE");
      if (!modes.some((mode) => mode === "off" || mode === "auto")) continue;
      const [path = `${account.home}/go`] = await readValues(context, account, "GOPATH");
      for (const root of path.split(":").filter((each) => each.startsWith("/"))) {
        const projects = (await askAccount(context, account, listProjects, root)).split("\0").slice(0, -1);
        const [project] = projects;
        if (project === undefined) continue;
        const more = projects.length === 1 ? "" : ` and ${projects.length - 1} more`;
        findings.push(
          findWarning({
            account: account.name,
            evidence: `${root}/src/${project}${more} of ${account.name} has no go.mod, and modules are off`,
            origins: projects.slice(0, mostNamed).map((each) => `${root}/src/${each}`),
            remedy: advise(
              `in each of them, as ${account.name}:  GO111MODULE=on go mod init && GO111MODULE=on go mod tidy;  then unset GO111MODULE`,
            ),
          }),
        );
      }
    }
    return findings;
  },
});

const mostNamed = 3;

/** Directories with Go files of which neither they nor one above has a go.mod; a hundred at the most are looked at. */
const listProjects = `cd -- "$1/src" 2>/dev/null || exit 0
find . -maxdepth 6 \\( -name vendor -o -name testdata -o -name '.?*' \\) -prune -o -name '*.go' -type f -print 2>/dev/null |
  head -n 2000 | sed 's,^\\./,,; s,/[^/]*$,,' | sort -u | head -n 100 | while IFS= read -r project; do
  at=$project
  while [ ! -e "$at/go.mod" ]; do
    case $at in */*) at=\${at%/*} ;; *) printf '%s\\0' "$project"; break ;; esac
  done
done`;
