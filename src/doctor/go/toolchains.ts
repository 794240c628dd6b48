import { advise, runAs } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account } from "../../host/ports.ts";
import { diagnostic, type DoctorFinding, findError, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import type { ExaminedGo } from "../trees/examine-gos.ts";
import { parseToolchainPath, type ToolchainName } from "../trees/toolchain-tree.ts";
import { nameSome } from "../../errors/name-some.ts";

interface Toolchain extends ToolchainName {
  readonly go: ExaminedGo;
}

async function findToolchains(context: DoctorContext): Promise<readonly Toolchain[]> {
  return (await context.otherGos()).flatMap((go) => {
    const name = parseToolchainPath(go.path);
    return name === undefined ? [] : [{ ...name, go }];
  });
}

export const toolchainUnproven = diagnostic({
  id: "toolchain-unproven",
  group: "go",
  severity: "error",
  sees: "a toolchain in an account's GOMODCACHE that is not the public release that it is named after",
  why: "`go` runs it in its own place where go.mod asks for it, and go's own check could be bypassed before 1.25.13 and 1.26.6.",
  needs: ["root"],
  async run(context) {
    return (await findToolchains(context)).flatMap(judge);
  },
});

function judge({ version, go }: Toolchain): readonly DoctorFinding[] {
  const { path, account, finding } = go;
  const owner = account ?? "root";
  const isMisnamed = go.version !== null && go.version !== version;
  if (finding.status === "pass" && !isMisnamed) return [];
  const shape = {
    evidence: isMisnamed
      ? `${path} is ${go.version}, whatever its name says`
      : `${path} (${version}): ${finding.evidence}`,
    origins: [path],
    account,
  };
  if (finding.status !== "fail" && !isMisnamed) {
    const find = finding.status === "skip" ? findInfo : findWarning;
    return [find({ ...shape, remedy: advise(finding.remedy ?? "let this host reach https://sum.golang.org, then run  readygo doctor") })]; // prettier-ignore
  }
  // The zip that it came from goes as well: go would unpack it again.
  const script =
    'chmod -R u+w "$1" && rm -rf "$1" "${1%/golang.org/toolchain@*}/cache/download/golang.org/toolchain/@v/${1##*@}".*';
  return [findError({ ...shape, remedy: runAs(owner, "sh", "-c", script, "sh", path) })];
}

export const toolchainCache = diagnostic({
  id: "toolchain-cache",
  group: "go",
  severity: "info",
  sees: "how many toolchains the go command has fetched for an account, and how large they are",
  why: "Each has 200 MB and more, is a go of its own that no upgrade of the host replaces, and is never removed by itself.",
  needs: ["root", "running"],
  async run(context) {
    const toolchains = await findToolchains(context);
    const ofAccounts = context.accounts.map(async (account): Promise<readonly DoctorFinding[]> => {
      const own = toolchains.filter(({ go }) => go.account === account.name);
      if (own.length === 0) return [];
      const bytes = await measure(context, account, own.map(({ go }) => go.path)); // prettier-ignore
      const size = bytes === undefined ? "" : ` with ${Math.round(bytes / 1e6).toLocaleString("en-US")} MB`;
      return [
        findInfo({
          account: account.name,
          evidence: `go has fetched ${own.length === 1 ? "1 toolchain" : `${own.length} toolchains`}${size} for ${account.name}: ${nameSome(own.map(({ version }) => version))}`,
          origins: own.map(({ go }) => go.path),
          remedy: advise(
            `go clean -modcache  as ${account.name} removes them; the price: all modules are fetched again, the toolchains too where a go.mod still asks for them (GOTOOLCHAIN=local keeps go from that)`,
          ),
        }),
      ];
    });
    return (await Promise.all(ofAccounts)).flat();
  },
});

/** Undefined where it takes too long. */
async function measure(
  { processes, timeoutMs }: DoctorContext,
  account: Account,
  paths: readonly string[],
): Promise<number | undefined> {
  const { status, stdout } = await processes.run({
    argv: ["/usr/bin/du", "-sk", "--", ...paths],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs: Math.min(timeoutMs, 10_000),
  });
  if (status !== 0) return undefined;
  const sizes = stdout.split("\n").map((line) => Number(line.split("\t")[0]));
  return sizes.reduce((sum, size) => sum + (Number.isNaN(size) ? 0 : size), 0) * 1024;
}
