import { advise, edit, type Remedy } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account, ReadFiles } from "../../host/ports.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const lowLimits = diagnostic({
  id: "low-limits",
  group: "host",
  severity: "warning",
  sees: "a limit of an account's processes (limits.conf, ulimit) under which go does not work",
  why: "go starts tens of threads, opens hundreds of files and reserves much address space: it ends with a fatal error.",
  needs: ["running"],
  async run(context) {
    const findings = await Promise.all(
      context.accounts.map(async (account) => [
        ...findInLimitsConf(context, account),
        ...(await findInShellFiles(context, account)),
      ]),
    );
    return findings.flat();
  },
});

/** A line that sets a limit. */
export interface LimitLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly item: LimitItem;
  readonly value: number;
}

/** In the units of limits.conf(5) and of ulimit, which are the same. */
const leastOf = {
  nofile: { least: 256, letter: "n", what: "open files" },
  nproc: { least: 64, letter: "u", what: "processes and threads" },
  as: { least: 2 * 1024 * 1024, letter: "v", what: "KiB of address space" },
  data: { least: 1024 * 1024, letter: "d", what: "KiB of data" },
  fsize: { least: 200 * 1024, letter: "f", what: "KiB in one file" },
} as const;
export type LimitItem = keyof typeof leastOf;

function isItem(text: string): text is LimitItem {
  return Object.hasOwn(leastOf, text);
}

function findInLimitsConf({ files }: DoctorContext, account: Account): readonly DoctorFinding[] {
  const directory = absolutePath("/etc/security/limits.d");
  const paths = [
    absolutePath("/etc/security/limits.conf"),
    ...files
      .list(directory)
      .filter((name) => name.endsWith(".conf"))
      .map((name) => absolutePath(directory, name)),
  ];
  const groups = listGroups(files, account);
  const lines = paths.flatMap((path) =>
    parseLimitsConf(path, files.read(path)?.toString("utf8") ?? "", { name: account.name, groups }),
  );
  return chooseEffective(lines).flatMap((line) => describeLine(line, account, "root"));
}

interface RankedLine extends LimitLine {
  /** An account's own line counts before its groups', and those before everybody's. */
  readonly rank: number;
}

/** limits.conf(5): DOMAIN TYPE ITEM VALUE. Root is meant by its own name alone. */
export function parseLimitsConf(
  file: string,
  text: string,
  account: { readonly name: string; readonly groups: readonly string[] },
): readonly RankedLine[] {
  return text.split("\n").flatMap((line, at): readonly RankedLine[] => {
    const [domain = "", type = "", item = "", value = ""] = line.replace(/#.*/, "").trim().split(/\s+/);
    const rank = rankOf(domain, account);
    if (rank === 0 || !["soft", "hard", "-"].includes(type) || !isItem(item) || !/^\d+$/.test(value)) return [];
    return [{ file, line: at + 1, text: line, item, value: Number(value), rank }];
  });
}

function rankOf(
  domain: string,
  { name, groups }: { readonly name: string; readonly groups: readonly string[] },
): number {
  if (domain === name) return 3;
  if (name === "root") return 0;
  if (domain.startsWith("@")) return groups.includes(domain.slice(1)) ? 2 : 0;
  return domain === "*" ? 1 : 0;
}

/** Of each item the lines with the highest rank, and of those the lowest value: a soft limit below a hard one counts. */
function chooseEffective(lines: readonly RankedLine[]): readonly LimitLine[] {
  return [...Map.groupBy(lines, ({ item }) => item).values()].flatMap((ofItem) => {
    const rank = Math.max(...ofItem.map((line) => line.rank));
    return ofItem
      .filter((line) => line.rank === rank)
      .toSorted((a, b) => a.value - b.value)
      .slice(0, 1);
  });
}

function listGroups(files: ReadFiles, account: Account): readonly string[] {
  return (files.read(absolutePath("/etc/group"))?.toString("utf8") ?? "").split("\n").flatMap((line) => {
    const [name = "", , gid, members = ""] = line.split(":");
    return Number(gid) === account.gid || members.split(",").includes(account.name) ? [name] : [];
  });
}

const shellFiles = [".profile", ".bash_profile", ".bash_login", ".bashrc", ".zshenv", ".zprofile", ".zshrc"] as const;

async function findInShellFiles(context: DoctorContext, account: Account): Promise<readonly DoctorFinding[]> {
  const texts = await Promise.all(
    shellFiles.map(async (name) => {
      const path = absolutePath(account.home, name);
      return { path, text: (await context.readHome(account, path)) ?? "" };
    }),
  );
  return texts.flatMap(({ path, text }) =>
    parseUlimits(path, text).flatMap((line) => describeLine(line, account, account.name)),
  );
}

/** Plain lines `ulimit -v 500000`; what stands in a condition or a function is not read. */
export function parseUlimits(file: string, text: string): readonly LimitLine[] {
  return text.split("\n").flatMap((line, at): readonly LimitLine[] => {
    const [, flags = "", value = ""] = /^ulimit\s+((?:-[A-Za-z]+\s+)+)(\d+)\s*(?:#.*)?$/.exec(line) ?? [];
    const item = Object.entries(leastOf).find(([, { letter }]) => flags.includes(letter))?.[0];
    if (item === undefined || !isItem(item)) return [];
    return [{ file, line: at + 1, text: line, item, value: Number(value) }];
  });
}

function describeLine(
  { file, line, text, item, value }: LimitLine,
  account: Account,
  owner: string,
): readonly DoctorFinding[] {
  const { least, what } = leastOf[item];
  if (value >= least) return [];
  return [
    findWarning({
      account: account.name,
      evidence: `processes of ${account.name} may have ${value} ${what} (${item}); go needs ${least} or more`,
      origins: [`${file}:${line}`],
      remedy: adviseOn({ file, line, text }, owner, account),
    }),
  ];
}

/** A line that is for this account alone can go whole; one for everybody is somebody's policy. */
function adviseOn(
  { file, line, text }: Pick<LimitLine, "file" | "line" | "text">,
  owner: string,
  account: Account,
): Remedy {
  const isOwn =
    owner !== "root" ||
    text.trimStart().startsWith(`${account.name} `) ||
    text.trimStart().startsWith(`${account.name}\t`);
  return isOwn ? edit(file, line, text, null) : advise(`raise or take out the limit in line ${line} of ${file}`);
}
