import type { AbsolutePath } from "../absolute-path.ts";
import { answering } from "../home/answering.ts";
import { findGoTree, type GoPlaces, listGoPlaces } from "./find-go-trees.ts";
import { type GoTreeName, type GoTreeSurvey, readGoTreeName, surveyGoTree } from "./go-tree-survey.ts";
import { type Home, locateInHome } from "../home/locate-in-home.ts";
import type { TreeMeter } from "./tree-bounds.ts";

/**
 * Looking at the Go trees below a directory: a home, or `/` for the whole host. It blocks for as long as a file system
 * does, so it is for a process that another can kill. Throws HomeRefusal, or what node:fs throws.
 */
export interface GoTreeView {
  listPlaces(pattern: string, mostEntries: number): GoPlaces;
  findTree(path: AbsolutePath): AbsolutePath | undefined;
  readName(path: AbsolutePath): GoTreeName;
  /** @throws BeyondBounds */
  survey(path: AbsolutePath, meter: TreeMeter): GoTreeSurvey;
}

export function openGoTreeView({ home, root }: Home): GoTreeView {
  const locate = (path: AbsolutePath): string => locateInHome({ home, root }, path).real;
  return {
    listPlaces: (pattern, mostEntries) => listGoPlaces(root, { base: home, pattern, mostEntries }),
    findTree: (path) => findGoTree(root, path),
    readName: (path) => answering(path, () => readGoTreeName(locate(path))),
    survey: (path, meter) => answering(path, () => surveyGoTree(locate(path), meter)),
  };
}
