import { advise, runAsRoot } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account } from "../../host/ports.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { findGoDirectories } from "./go-directories.ts";

export const cacheOwner = diagnostic({
  id: "cache-owner",
  group: "host",
  severity: "warning",
  sees: "files of root, or of somebody else, in an account's caches of go",
  why: "Builds of the account end with `permission denied`: often after a single `sudo go …`.",
  needs: ["running"],
  async run(context) {
    // Root may write everywhere.
    const others = context.accounts.filter(({ uid }) => uid !== 0);
    const found = await Promise.all(others.map((account) => lookFor(context, account)));
    return found.flat();
  },
});

/** A file that is not the account's. */
export interface ForeignFile {
  readonly owner: string;
  readonly path: string;
}

const mostMs = 3_000;
const mostFiles = 100;

/** Told instead of an owner of a path that a link leads to. */
const byLink = "-";

/**
 * First whether a link leads to them, then the directories above the caches, then what is in them; a link is looked at, not
 * followed. A large cache is looked at as far as the time goes.
 */
const script = `uid=$1 home=$2 above=$3; shift 3
real=$(readlink -f -- "$home")
{ for path; do
    if [ "$(readlink -f -- "$path")" != "$real\${path#"$home"}" ]; then printf '${byLink}\\t%s\\0' "$path"; fi
  done
  find -P "$@" -maxdepth 0 ! -uid "$uid" -printf '%u\\t%p\\0'
  shift "$above"
  find -P "$@" -xdev ! -uid "$uid" -printf '%u\\t%p\\0'
} 2>/dev/null | head -z -n ${mostFiles}`;

async function lookFor(context: DoctorContext, account: Account): Promise<readonly DoctorFinding[]> {
  const { directories } = await findGoDirectories(context);
  // Also one that the account cannot even see, below a directory of root's.
  const caches = directories
    .filter((each) => each.account.name === account.name && (each.name === "GOCACHE" || each.name === "GOMODCACHE"))
    .map(({ path }) => path);
  const roots = outermost([...caches, `${account.home}/.cache/go-build`, `${account.home}/go`]);
  const above = [...new Set(roots.flatMap((path) => listAbove(path, account.home)))];
  const { stdout } = await context.processes.run({
    argv: ["/bin/sh", "-c", script, "sh", String(account.uid), account.home, String(above.length), ...above, ...roots],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs: mostMs,
  });
  const answers = parseFiles(stdout);
  // A cache's own directory is told twice.
  const told = answers.filter(({ owner }) => owner !== byLink);
  const files = [...new Map(told.map((file) => [file.path, file])).values()];
  const linked = new Set(answers.filter(({ owner }) => owner === byLink).map(({ path }) => path));
  const places = outermost([
    ...above.filter((path) => files.some((file) => file.path === path)),
    ...roots.filter((path) => files.some((file) => isIn(file, path))),
  ]);
  return places.map((place) => {
    const isReal = !linked.has(place) && place.startsWith(`${account.home}/`) && !place.split("/").includes("..");
    const own = files.filter((file) => isIn(file, place));
    return describePlace(place, own, { account, isReal });
  });
}

/** The directories between a home and a path in it, the outermost first. */
export function listAbove(path: string, home: string): readonly string[] {
  if (!path.startsWith(`${home}/`)) return [];
  const names = path
    .slice(home.length + 1)
    .split("/")
    .slice(0, -1);
  return names.map((_, at) => [home, ...names.slice(0, at + 1)].join("/"));
}

function outermost(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

function isIn({ path }: ForeignFile, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

export function parseFiles(stdout: string): readonly ForeignFile[] {
  return stdout.split("\0").flatMap((row) => {
    const [, owner, path] = /^([^\t]*)\t([^]*)$/.exec(row) ?? [];
    return owner === undefined || path === undefined ? [] : [{ owner, path }];
  });
}

/** @param isReal whether it lies in the home, and no link leads there: then root can be told to change its owners */
function describePlace(
  place: string,
  files: readonly ForeignFile[],
  { account, isReal }: { readonly account: Account; readonly isReal: boolean },
): DoctorFinding {
  const owners = [...new Set(files.map(({ owner }) => owner))];
  const count = files.length >= mostFiles ? `${mostFiles} or more` : String(files.length);
  return findWarning({
    account: account.name,
    evidence: `${place} of ${account.name} has ${count} ${count === "1" ? "file" : "files"} of ${owners.join(" and ")}: ${files[0]?.path ?? place}`,
    origins: [place],
    // -P and -h follow no link, and --from leaves what is anybody else's.
    remedy:
      isReal && owners.length === 1 && owners[0] === "root"
        ? runAsRoot("chown", "-R", "-P", "-h", "--from=root", `${account.name}:`, place)
        : advise(
            `find out whose ${place} is meant to be; a cache of its own for ${account.name}: go env -w GOCACHE=DIRECTORY GOMODCACHE=DIRECTORY`,
          ),
  });
}
