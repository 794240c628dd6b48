import { advise } from "../../errors/remedy.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { findMount, isRemote } from "../../host/host-facts.ts";
import { places } from "../../host/places.ts";
import { diagnostic, type DoctorFinding, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { findSeenGos, nameContexts, type SeenGo } from "./seen-gos.ts";

export const aptGo = diagnostic({
  id: "apt-go",
  group: "go",
  severity: "warning",
  sees: "a Go of a distribution's package (golang-go, golang-1.22-go, gccgo-go)",
  why: "Where a process finds that first, it runs another release than readygo's, often years older.",
  needs: [],
  async run(context) {
    const status = context.files.read(absolutePath("/var/lib/dpkg/status"), 64 * 1024 * 1024)?.toString("utf8") ?? "";
    const packages = listGoPackages(status);
    if (packages.length === 0) return [];
    const named = packages.map(({ name, version }) => `${name} ${version}`).join(", ");
    const names = packages.map(({ name }) => name).join(" ");
    const isDistributions = ({ path, target }: SeenGo): boolean =>
      /^\/usr\/(?:bin\/go|lib\/go-[^/]+\/bin\/go)$/.test(path) && !isOfAlternatives(context, path, target);
    return judge(await findWhereFirst(context, isDistributions), {
      evidence: `packages with a Go are installed: ${named}`,
      origins: packages.map(({ name }) => `/var/lib/dpkg/info/${name}.list`),
      advice: `if nothing else needs them:  sudo apt-get remove ${names}`,
      first: `name ${places.goBinary} by its path there, put PATH=/usr/local/bin:/usr/bin:/bin above the lines of the crontab`,
    });
  },
});

/** Packages of the status file (dpkg(1)) that have, or pull in, a go, and are installed. */
export function listGoPackages(status: string): readonly { readonly name: string; readonly version: string }[] {
  return status.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, "m").exec(paragraph)?.[1] ?? "";
    const name = field("Package");
    const isInstalled = field("Status").endsWith(" installed");
    return isInstalled && /^(?:golang(?:-1\.\d+)?-go|gccgo-go)$/.test(name) ? [{ name, version: field("Version") }] : []; // prettier-ignore
  });
}

export const snapGo = diagnostic({
  id: "snap-go",
  group: "go",
  severity: "warning",
  sees: "the snap go, its confinement, and contexts that find it first",
  why: "snapd exchanges it by itself, and a confined one sees neither /tmp nor hidden directories.",
  needs: [],
  async run(context) {
    const current = absolutePath("/snap/go/current");
    if (context.files.stat(current) === undefined) return [];
    const text = readSnap(context, absolutePath(current, "meta/snap.yaml"));
    const version = /^version: *['"]?([^'"\n]+)/m.exec(text)?.[1];
    const confinement = /^confinement: *(\S+)/m.exec(text)?.[1];
    const revision = context.files.readLink(current);
    const details = [
      ...(version === undefined ? [] : [version]),
      ...(revision === undefined ? [] : [`revision ${revision}`]),
      ...(confinement === undefined ? [] : [`confinement ${confinement}`]),
    ];
    const isSnaps = ({ path, target }: SeenGo): boolean =>
      path.startsWith("/snap/") || target.startsWith("/snap/") || target === "/usr/bin/snap";
    return judge(await findWhereFirst(context, isSnaps), {
      evidence: `the snap go is installed${details.length === 0 ? "" : ` (${details.join(", ")})`}`,
      origins: [current],
      advice: "if nobody needs it:  sudo snap remove go",
      first: "put /snap/bin behind /usr/local/bin on PATH, as /etc/profile.d/apps-bin-path.sh does",
    });
  },
});

/** Not where a program serves what is mounted (snapfuse, in containers): that may not answer. */
function readSnap({ files, machine }: DoctorContext, path: AbsolutePath): string {
  const mounts = machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const mount = findMount(mounts, files.locate(path));
  return mount !== undefined && isRemote(mount) ? "" : (files.readStart(path, 65_536)?.toString("utf8") ?? "");
}

export const alternativesGo = diagnostic({
  id: "alternatives-go",
  group: "go",
  severity: "warning",
  sees: "a go that update-alternatives has put on PATH",
  why: "It stays where it leads when Go is upgraded, and whoever finds it first runs that one.",
  needs: [],
  async run(context) {
    const link = absolutePath("/etc/alternatives/go");
    const target = context.files.readLink(link);
    if (target === undefined) return [];
    if (target === places.goBinary) return [];
    const registry = context.files.read(absolutePath("/var/lib/dpkg/alternatives/go"))?.toString("utf8").split("\n");
    const master = registry?.[1] ?? "/usr/bin/go";
    const isAlternative = ({ path, target: end }: SeenGo): boolean =>
      path === master && isOfAlternatives(context, path, end);
    return judge(await findWhereFirst(context, isAlternative), {
      evidence: `update-alternatives has go as ${master}, which leads to ${target}`,
      origins: [link],
      advice: `if nobody needs it:  sudo update-alternatives --remove go ${target}`,
      first: `sudo update-alternatives --install ${master} go ${places.goBinary} 200  lets it lead to readygo's`,
    });
  },
});

/** Whether a name on PATH is a link that update-alternatives keeps. */
function isOfAlternatives({ files }: DoctorContext, path: string, target: string): boolean {
  const at = files.readLink(absolutePath(path));
  return at === "/etc/alternatives/go" && target !== places.goBinary;
}

/** Contexts in which such a go comes first; none under --root, where nothing is started. */
async function findWhereFirst(context: DoctorContext, isIt: (go: SeenGo) => boolean): Promise<readonly SeenGo[]> {
  if (context.root !== "") return [];
  return (await findSeenGos(context)).filter((go) => go.contexts.length > 0 && isIt(go));
}

interface Package {
  readonly evidence: string;
  readonly origins: readonly string[];
  readonly advice: string;
  /** What to do where it comes first. */
  readonly first: string;
}

function judge(seen: readonly SeenGo[], { evidence, origins, advice, first }: Package): readonly DoctorFinding[] {
  if (seen.length === 0)
    return [findInfo({ evidence: `${evidence}; no context that was looked at finds it first`, origins, remedy: advise(advice) })]; // prettier-ignore
  const where = seen.map(({ account, contexts }) => `${nameContexts(contexts)} of ${account.name}`).join(", ");
  return [
    findWarning({
      evidence: `${evidence}; it is the go of ${where}`,
      origins: [...origins, ...new Set(seen.map(({ path }) => path))],
      remedy: advise(`${first}; ${advice}`),
    }),
  ];
}
