import { advise, edit, type Remedy, runAs } from "../../errors/remedy.ts";
import { absolutePath, parseAbsolutePath } from "../../host/absolute-path.ts";
import { findMount } from "../../host/host-facts.ts";
import { diagnostic, type DoctorFinding, findWarning, type Fix } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { findGoDirectories, type GoDirectory } from "./go-directories.ts";
import { formatMiB } from "./format-mib.ts";

/** What linking a large program, or testing a module, needs there for a moment. */
const leastBytes = 128 * 1024 * 1024;

export const tmpdirMissing = diagnostic({
  id: "tmpdir-missing",
  group: "host",
  severity: "warning",
  sees: "a TMPDIR or GOTMPDIR that is no directory, or where the account cannot write",
  why: "go makes a directory there for each build, and ends at once where it cannot.",
  needs: ["running"],
  run: (context) =>
    judge(context, ({ seen }) => {
      if (seen?.kind === "none") return "does not exist";
      if (seen?.kind === "other") return "is no directory";
      return seen?.isWritable === false ? "is a directory where this account cannot write" : undefined;
    }),
});

export const tmpdirSmall = diagnostic({
  id: "tmpdir-small",
  group: "host",
  severity: "warning",
  sees: "too little room where go builds",
  why: "Compiling or linking ends with `no space left on device`.",
  needs: ["running"],
  run: (context) =>
    judge(context, ({ seen }) => {
      if (seen?.kind !== "directory") return undefined;
      const { freeBytes, freeInodes } = seen;
      if (freeBytes !== null && freeBytes < leastBytes)
        return `has ${formatMiB(freeBytes)} free, and a build can need ${formatMiB(leastBytes)}`;
      return freeInodes !== null && freeInodes < 100 ? `has room for ${freeInodes} more files` : undefined;
    }),
});

export const tmpdirNoexec = diagnostic({
  id: "tmpdir-noexec",
  group: "host",
  severity: "warning",
  sees: "a TMPDIR or GOTMPDIR on a file system that starts no programs (noexec)",
  why: "`go test` and `go run` build programs there and start them: permission denied.",
  needs: ["running"],
  run: (context) =>
    judge(context, ({ seen }) =>
      seen?.kind === "directory" && seen.mount?.options.includes("noexec") === true
        ? `lies on ${seen.mount.point}, which is mounted noexec`
        : undefined,
    ),
});

export const binNoexec = diagnostic({
  id: "bin-noexec",
  group: "host",
  severity: "warning",
  sees: "a directory for the programs of `go install` that starts none (noexec)",
  why: "`go install` succeeds, and each program that it has made ends in `permission denied`.",
  needs: ["running"],
  async run(context) {
    const { directories } = await findGoDirectories(context);
    return directories.flatMap((directory) => {
      const { account, name, path, origins, seen } = directory;
      if (name !== "GOBIN" || seen?.kind !== "directory" || seen.mount?.options.includes("noexec") !== true) return [];
      return [
        findWarning({
          account: account.name,
          evidence: `${path}, where go install of ${account.name} puts programs, lies on ${seen.mount.point}, which is mounted noexec`,
          origins: [path, ...origins],
          remedy: advise(
            `go env -w GOBIN=DIRECTORY, one where programs may be started; or have ${seen.mount.point} mounted without noexec`,
          ),
        }),
      ];
    });
  },
});

async function judge(
  context: DoctorContext,
  describe: (directory: GoDirectory) => string | undefined,
): Promise<readonly DoctorFinding[]> {
  const { directories } = await findGoDirectories(context);
  const findings = directories
    .filter(({ name }) => name === "TMPDIR" || name === "GOTMPDIR")
    .map(async (directory): Promise<readonly DoctorFinding[]> => {
      const what = describe(directory);
      if (what === undefined) return [];
      const { account, name, path, origins } = directory;
      const set = origins.length === 0 ? `${path}, where go builds for want of a TMPDIR,` : `${name}=${path}`;
      const fix = isUsualPlaceGood(context) ? findFix(directory) : null;
      return [
        findWarning({
          account: account.name,
          evidence: `${set} of ${account.name} ${what}`,
          origins,
          remedy: fix === null ? await findRemedy(context, directory) : runAs(account.name, "go", "env", "-u", name),
          fix,
        }),
      ];
    });
  return (await Promise.all(findings)).flat();
}

/** Without a setting go builds in /tmp: taking one out is no cure where that is no better. */
function isUsualPlaceGood({ files, machine }: DoctorContext): boolean {
  const usual = absolutePath("/tmp");
  const mounts = machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  return files.space(usual).freeBytes >= leastBytes && findMount(mounts, usual)?.flags.includes("noexec") !== true;
}

/** What `go env -w` has written can be taken back. */
function findFix({ account, name, origins }: GoDirectory): Fix | null {
  const isStored = origins.length === 1 && origins[0] === `${account.home}/.config/go/env`;
  return isStored ? { kind: "unset", account: account.name, name } : null;
}

/** A line that does nothing but set the variable can go; where none sets it, go builds in /tmp. */
async function findRemedy(context: DoctorContext, { name, origins, account, path }: GoDirectory): Promise<Remedy> {
  const [origin = ""] = origins;
  const [, file = "", line = ""] = /^(\/.*):(\d+)$/.exec(origin) ?? [];
  const named = parseAbsolutePath(file);
  if (origins.length === 1 && named?.startsWith(`${account.home}/`) === true) {
    const text = (await context.readHome(account, named))?.split("\n")[Number(line) - 1];
    if (
      text !== undefined &&
      new RegExp(`^\\s*(?:export\\s+)?${name}=(?:"[^"$\`]*"|'[^']*'|[^\\s;&|$\`]*)\\s*$`).test(text)
    )
      return edit(file, Number(line), text, null);
  }
  if (origins.length > 0) {
    return advise(
      `let ${name} in ${origins.join(" and ")} name a directory with room where programs may be started, or take the line out`,
    );
  }
  const elsewhere = `${account.home}/.cache/go-tmp`;
  return advise(
    `let go build elsewhere, as ${account.name}:  mkdir -p ${elsewhere} && go env -w GOTMPDIR=${elsewhere} ; or give ${path} more room, and let programs start there`,
  );
}
