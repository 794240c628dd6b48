import type { ObservedTree } from "./observed-state.ts";

export function describeTree(tree: ObservedTree): string {
  switch (tree.kind) {
    case "absent":
      return "absent";
    case "link":
      return `link to ${tree.target}`;
    case "mount":
      return "mount point";
    case "other":
      return "not a directory";
    case "directory": {
      const name =
        tree.version === undefined
          ? "directory without a Go release"
          : `${tree.version} linux/${tree.architecture ?? "?"}`;
      if (tree.drift === undefined) return `${name}, not installed by readygo`;
      return tree.drift.length === 0 ? name : `${name}, damaged`;
    }
  }
}
