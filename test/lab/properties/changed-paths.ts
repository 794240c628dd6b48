import type { ResultStep } from "../../../src/report/result/result-shape.ts";
import type { Look } from "./property-image.ts";

/** readygo's own, which no plan lists. */
const ownPlaces = ["/run/readygo", "/usr/local/.readygo", "/var/lib/readygo", "/var/lib"];
const goroot = "/usr/local/go";

/** Paths whose content, kind, mode, owner or target is another one; all below /usr/local/go as that. */
export function listChangedPaths(before: Look, after: Look): readonly string[] {
  const reduce = (look: Look, path: string): string => {
    const entry = look.get(path);
    if (entry === undefined) return "absent";
    return JSON.stringify({ ...entry, mtimeNs: "" });
  };
  const paths = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => !ownPlaces.some((place) => path === place || path.startsWith(`${place}/`)))
    .filter((path) => reduce(before, path) !== reduce(after, path))
    .map((path) => (path.startsWith(`${goroot}/`) ? goroot : path));
  return [...new Set(paths)].toSorted();
}

/**
 * What is changed that no step names, and the other way round. Directories that a file needs are made with it. A file that is
 * reached by a link is changed where that leads; a tree that is replaced by the same one stays as it was.
 */
export function compareWithSteps(
  changed: readonly string[],
  steps: readonly ResultStep[],
  after: Look,
): readonly string[] {
  const targets = steps.map(({ target }) => target);
  const isParent = (path: string): boolean =>
    after.get(path)?.kind === "directory" && targets.some((target) => target.startsWith(`${path}/`));
  const real = targets.map((target) => [target, follow(after, target)]);
  const known = new Set(real.flat());
  return [
    ...changed.filter((path) => !known.has(path) && !isParent(path)).map((path) => `no step names ${path}`),
    ...real
      .filter(([target = "", end = ""]) => target !== goroot && !changed.includes(target) && !changed.includes(end))
      .filter(([target]) => !isOnlyNoted(steps, target ?? ""))
      .map(([target]) => `nothing was changed at ${target}`),
  ];
}

/** A step may only bring into the receipt what is there already. */
function isOnlyNoted(steps: readonly ResultStep[], target: string): boolean {
  return steps.some((step) => step.target === target && step.reason.includes("the receipt does not know"));
}

/** Where a link at a path leads; a step names the path that people know. */
export function follow(look: Look, path: string): string {
  const entry = look.get(path);
  if (entry?.kind !== "link" || entry.target === "") return path;
  const base = path.slice(0, path.lastIndexOf("/"));
  return entry.target.startsWith("/") ? entry.target : new URL(entry.target, `file://${base}/`).pathname;
}
