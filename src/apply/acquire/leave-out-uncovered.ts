import type { StagedTree } from "../../fetch/unpack/staged-tree.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { isOutsideModule } from "../../release/module-hash.ts";
import type { TreeManifest } from "../../release/tree-manifest.ts";
import type { SystemFiles } from "../../host/system-files.ts";

/**
 * Takes out of a staged tree what the checksum database does not cover, for an archive that nothing else vouches for: the
 * folders that the toolchain module lacks, and directories without a file. Modes are computed anyway.
 */
export function leaveOutUncovered(system: SystemFiles, tree: AbsolutePath, staged: StagedTree): StagedTree {
  const files = staged.manifest.files.filter(({ path }) => !isOutsideModule(path));
  const needed = new Set(files.flatMap(({ path }) => listParents(path)));
  const directories = staged.manifest.directories.filter((path) => needed.has(path));
  const kept: TreeManifest = { files, directories };
  for (const path of staged.manifest.directories) {
    const isOutermost = !needed.has(path) && listParents(path).every((parent) => needed.has(parent));
    if (isOutermost) system.removeOwnTree(absolutePath(tree, path));
  }
  return { ...staged, manifest: kept };
}

function listParents(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}
