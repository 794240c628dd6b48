import type { AbsolutePath } from "../absolute-path.ts";
import type { ReadFiles } from "../ports.ts";
import { compareTree, keepOutermost, type TreeManifest } from "../../release/tree-manifest.ts";
import { scanTree } from "./scan-tree.ts";

/** What stands in a tree and is not its release's: the outermost paths, relative to it. Names tell; no content is read. */
export function listAdditions(files: ReadFiles, tree: AbsolutePath, manifest: TreeManifest): readonly string[] {
  if (files.stat(tree)?.kind !== "directory") return [];
  return keepOutermost(compareTree(manifest, scanTree(files.locate(tree), { hash: false })).added);
}
