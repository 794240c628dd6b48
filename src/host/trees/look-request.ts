import { absolutePath, type AbsolutePath } from "../absolute-path.ts";
import { type ChildFailure, toChildFailure } from "../child/child-failure.ts";
import { findGoTree, type GoPlaces, listGoPlaces } from "./find-go-trees.ts";
import { type GoTreeName, type GoTreeSurvey, readGoTreeName, surveyGoTree } from "./go-tree-survey.ts";
import { BeyondBounds, createTreeMeter, type LookUse, type TreeExcess, type TreeMeter } from "./tree-bounds.ts";
import { answering } from "../home/home-refusal.ts";
import { type Home, locateInHome } from "../home/locate-in-home.ts";

/** What a process that only looks is asked: one line of JSON each. `allowed` bounds what it may look at for it. */
export type LookRequest =
  | { readonly act: "listPlaces"; readonly pattern: string; readonly allowed: LookUse }
  | { readonly act: "findTree" | "readName"; readonly path: string }
  | { readonly act: "survey"; readonly path: string; readonly allowed: LookUse };

export type LookResult =
  | { readonly kind: "places"; readonly places: GoPlaces }
  | { readonly kind: "tree"; readonly tree: AbsolutePath | null }
  | { readonly kind: "name"; readonly name: GoTreeName }
  | { readonly kind: "survey"; readonly survey: GoTreeSurvey }
  | { readonly kind: "beyond"; readonly excess: TreeExcess }
  | ChildFailure;

/** `used` counts also where it came to nothing. */
export interface LookAnswer {
  readonly kind: "look";
  readonly used: LookUse;
  readonly result: LookResult;
}

export function answerLook(view: GoTreeView, request: LookRequest): LookAnswer {
  const meter = createTreeMeter("allowed" in request ? request.allowed : { entries: 0, bytes: 0 });
  const look = (): LookAnswer => {
    switch (request.act) {
      case "listPlaces": {
        const places = view.listPlaces(request.pattern, request.allowed.entries);
        return { kind: "look", used: { entries: places.entries, bytes: 0 }, result: { kind: "places", places } };
      }
      case "findTree": {
        const tree = view.findTree(absolutePath(request.path)) ?? null;
        return { kind: "look", used: { entries: 1, bytes: 0 }, result: { kind: "tree", tree } };
      }
      case "readName": {
        const name = view.readName(absolutePath(request.path));
        return { kind: "look", used: { entries: 2, bytes: 0 }, result: { kind: "name", name } };
      }
      case "survey": {
        const survey = view.survey(absolutePath(request.path), meter);
        return { kind: "look", used: meter.used, result: { kind: "survey", survey } };
      }
    }
  };
  try {
    return look();
  } catch (error) {
    const result: LookResult =
      error instanceof BeyondBounds ? { kind: "beyond", excess: error.excess } : toChildFailure(error);
    return { kind: "look", used: meter.used, result };
  }
}

/**
 * Looking at the Go trees below a directory: a home, or `/` for the whole host. It blocks for as long as a file system
 * does, so it is for a process that another can kill. Throws HomeRefusal, or what node:fs throws.
 */
interface GoTreeView {
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
