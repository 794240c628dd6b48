import { posix } from "node:path";
import { keepOutermost, type TreeDifference, type TreeManifest } from "../../release/tree-manifest.ts";

/** How the tree at /usr/local/go differs from its release, told apart by what somebody has done. Paths are relative to it. */
export interface TreeFaults {
  /** Files of the release; a directory that is gone stands for what was in it. */
  readonly missing: readonly string[];
  readonly missingFiles: number;
  /** Files that stand in packages of the release and are none of it: go compiles them as well. */
  readonly foreign: readonly string[];
  readonly changed: readonly string[];
  /** Modes and owners. */
  readonly modes: readonly string[];
  /** Programs in its bin. */
  readonly tools: readonly string[];
  /** What else somebody keeps in it. */
  readonly additions: readonly string[];
}

/**
 * @param isOther whether VERSION names another release: then all that is not plainly somebody's own is that release's
 */
export function sortDifferences(difference: TreeDifference, manifest: TreeManifest, isOther: boolean): TreeFaults {
  const directories = new Set(manifest.directories);
  const top = new Set([...manifest.directories, ...manifest.files.map(({ path }) => path)].map(firstPart));
  const isOfSomebody = (path: string): boolean =>
    path.startsWith("bin/") || !top.has(firstPart(path)) || /^src\/[^/]*\.[^/]*\//.test(`${path}/`);
  const isSource = (path: string): boolean =>
    /^src\/.*\.(?:go|s|S|h|c|cc|syso)$/.test(path) && directories.has(posix.dirname(path));
  const isForeign = (path: string): boolean => isSource(path) || (isOther && !isOfSomebody(path));
  const foreign = difference.added.filter(isForeign);
  // Beside files of another release, what is not plainly somebody's own came with them.
  const own = difference.added.filter((path) => !isForeign(path) && (foreign.length === 0 || isOfSomebody(path)));
  const isTool = (path: string): boolean => /^bin\/[^/]+$/.test(path);
  const describe = ({ path, what }: TreeDifference["changed"][number]): string => `${path} (${what})`;
  const isMode = ({ what }: TreeDifference["changed"][number]): boolean => what === "mode" || what === "owner";
  return {
    missing: keepOutermost(difference.missing),
    missingFiles: difference.missing.filter((path) => !directories.has(path)).length,
    foreign: keepOutermost(foreign),
    changed: difference.changed.filter((change) => !isMode(change)).map(describe),
    modes: difference.changed.filter(isMode).map(describe),
    tools: own.filter(isTool),
    additions: keepOutermost(own.filter((path) => !isTool(path))),
  };
}

function firstPart(path: string): string {
  return path.split("/", 1)[0] ?? "";
}
