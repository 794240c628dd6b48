import type { AbsolutePath } from "../host/absolute-path.ts";
import type { GoTreeLooker, LeftOutPlace } from "../host/trees/go-tree-looker.ts";
import type { GoTree } from "./go-tree.ts";

export interface OtherGosRequest {
  readonly looker: GoTreeLooker;
  /** Where to look, below the looker's directory. */
  readonly patterns: readonly string[];
  /** Whose home is looked at; null for the whole host. */
  readonly account: string | null;
  /** What is known already, or readygo's own. */
  readonly known: readonly AbsolutePath[];
  /** What brought the tree at a path; null for none. */
  readonly findPackage: (path: AbsolutePath) => string | null;
}

/** The Gos at some places that readygo did not install, each once, and where some may be that were not found. */
export async function findOtherGos({ looker, patterns, account, known, findPackage }: OtherGosRequest): Promise<{
  readonly trees: readonly GoTree[];
  readonly leftOut: readonly LeftOutPlace[];
}> {
  const { trees, leftOut } = await looker.find(patterns);
  const others = trees.filter((path) => !known.includes(path));
  return { trees: others.map((path) => ({ path, account, broughtBy: findPackage(path), looker })), leftOut };
}
