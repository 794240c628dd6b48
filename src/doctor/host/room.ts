import { advise } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { findMount } from "../../host/host-facts.ts";
import { places } from "../../host/places.ts";
import { estimateTreeRoom, leastTreeInodes } from "../../host/tree-room.ts";
import { diagnostic, type DoctorFinding, findError, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { formatMiB } from "./format-mib.ts";
import { findGoDirectories, type GoDirectory } from "./go-directories.ts";

/** Below that the next build of some size fails. The module cache of one large project has as much. */
const leastCacheBytes = 200 * 1024 * 1024;
/** go makes 256 directories in its cache alone; a project's modules are some thousand files. */
const leastCacheInodes = 2_000;

export const diskSpace = diagnostic({
  id: "disk-space",
  group: "host",
  severity: "warning",
  sees: "too little room for an upgrade under /usr/local, or in an account's caches of go",
  why: "An upgrade is refused, and builds end with `no space left on device`.",
  needs: [],
  run: (context) =>
    judge(context, {
      unit: formatMiB,
      upgrade: estimateTreeRoom(undefined, { mayCopy: false }),
      cache: leastCacheBytes,
      countIn: ({ freeBytes }) => freeBytes,
    }),
});

export const inodes = diagnostic({
  id: "inodes",
  group: "host",
  severity: "warning",
  sees: "too few inodes for an upgrade under /usr/local, or for an account's caches of go",
  why: "A release has 15,000 files and a cache more: `no space left on device`, though df shows room.",
  needs: [],
  run: (context) =>
    judge(context, {
      unit: (count) => `${count.toLocaleString("en-US")} inodes`,
      upgrade: leastTreeInodes,
      cache: leastCacheInodes,
      countIn: ({ freeInodes }) => freeInodes,
    }),
});

interface Measure {
  readonly unit: (count: number) => string;
  readonly upgrade: number;
  readonly cache: number;
  countIn(space: { readonly freeBytes: number | null; readonly freeInodes: number | null }): number | null;
}

async function judge(context: DoctorContext, measure: Measure): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  const free = measure.countIn(context.files.space(places.usrLocal));
  const mounts = context.machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const mount = findMount(mounts, context.files.locate(places.usrLocal))?.point ?? places.usrLocal;
  if (free !== null && free < measure.upgrade) {
    findings.push(
      findWarning({
        evidence: `${places.usrLocal}, on the file system at ${mount}, has ${measure.unit(free)} free, and an upgrade needs ${measure.unit(measure.upgrade)}`,
        origins: [places.usrLocal],
        remedy: advise(`make room there; what takes it:  sudo du -xh --max-depth=3 ${mount} | sort -h | tail`),
      }),
    );
  }
  // Nothing in an image is started, and its caches are not in use.
  if (context.root !== "") return findings;
  const { directories } = await findGoDirectories(context);
  const full = directories.filter((each) => {
    if (each.name !== "GOCACHE" && each.name !== "GOMODCACHE") return false;
    const left = each.seen === undefined ? null : measure.countIn(each.seen);
    // One file system that is full is one finding.
    const isTold = findings.length > 0 && each.seen?.mount?.point === mount;
    return left !== null && left < measure.cache && !isTold;
  });
  // Several on one file system are one finding.
  const byMount = Map.groupBy(full, ({ account, seen }) => `${account.name} ${seen?.mount?.point ?? ""}`);
  return [...findings, ...[...byMount.values()].map((each) => describeFull(each, measure))];
}

function describeFull(full: readonly GoDirectory[], measure: Measure): DoctorFinding {
  const [first] = full;
  const left = (first?.seen === undefined ? null : measure.countIn(first.seen)) ?? 0;
  const named = full.map(({ name, path }) => `${name} (${path})`).join(" and ");
  const clean = full.map(({ name }) => (name === "GOCACHE" ? "go clean -cache" : "go clean -modcache")).join("; ");
  return findWarning({
    account: first?.account.name ?? null,
    evidence: `${measure.unit(left)} are left where ${named} of ${first?.account.name ?? ""} ${full.length === 1 ? "lies" : "lie"}`,
    origins: full.flatMap(({ path, origins }) => [path, ...origins]),
    remedy: advise(
      `make room on the file system that is mounted at ${first?.seen?.mount?.point ?? "that place"} (sudo du -xh --max-depth=3 ${first?.seen?.mount?.point ?? "/"} | sort -h | tail); what go can make or fetch again goes by: ${clean}`,
    ),
  });
}

export const homeUnwritable = diagnostic({
  id: "home-unwritable",
  group: "host",
  severity: "error",
  sees: "a home that is missing, read-only or of another owner, or a quota that is used up",
  why: "go keeps its caches, its modules and its settings there.",
  needs: ["running"],
  async run(context) {
    const { directories, quotas } = await findGoDirectories(context);
    const homes = directories.filter(({ name }) => name === "HOME").flatMap(describeHome);
    const full = quotas.filter(({ usedBytes, mostBytes }) => mostBytes - usedBytes < leastCacheBytes);
    return [
      ...homes,
      ...full.map(({ account, path, usedBytes, mostBytes }) =>
        findWarning({
          account: account.name,
          evidence: `the quota of ${account.name} at ${path} is nearly used up: ${formatMiB(usedBytes)} of ${formatMiB(mostBytes)}`,
          origins: [path],
          remedy: advise(
            "free some of it (go clean -cache, go clean -modcache), or have it raised by who administers the host",
          ),
        }),
      ),
    ];
  },
});

function describeHome({ account, path, seen }: GoDirectory): readonly DoctorFinding[] {
  if (seen === undefined || seen.isWritable === true) return [];
  const isReadOnly = seen.mount?.options.includes("ro") === true;
  const what =
    seen.kind !== "directory"
      ? "does not exist"
      : isReadOnly
        ? `lies on ${seen.mount?.point ?? path}, which is mounted read-only`
        : "is a directory where this account cannot write";
  const shape = {
    account: account.name,
    evidence: `the home of ${account.name}, ${path}, ${what}`,
    origins: [path],
    remedy: advise(
      isReadOnly
        ? `find out why it is read-only (dmesg shows faults of a disk), then: mount -o remount,rw ${seen.mount?.point ?? path}`
        : `let ${path} be a directory of ${account.name}, or let GOCACHE, GOMODCACHE and GOENV name others`,
    ),
  };
  // Services have accounts whose home is /nonexistent; their programs set what they need.
  return [seen.kind === "directory" ? findError(shape) : findWarning(shape)];
}
