import { places } from "../../host/places.ts";
import { compareTree, type TreeDifference } from "../../release/tree-manifest.ts";
import { type Check, type CheckContext, fail, type Finding, pass, warn } from "../check.ts";

export const wholeTree: Check = {
  id: "tree-manifest",
  layer: 1,
  proves: "every file of the release is there with its content, mode and owner, and none is added",
  cost: "look",
  bound: 2,
  isProof: true,
  needsRoot: true,
  needsRunning: false,
  run: (context) => Promise.resolve(judgeTree(context)),
};

function judgeTree({ files, manifest, receipt, scanTree, isHashedBefore, version }: CheckContext): Finding {
  const remedy = `readygo install ${version} --repair`;
  const stat = files.stat(places.goroot);
  if (stat === undefined) return fail(`${places.goroot} is not there`, `readygo install ${version}`);
  if (stat.kind !== "directory")
    return fail(`${places.goroot} is no directory but a ${stat.kind}`, `readygo install ${version}`);
  if (manifest === undefined && receipt !== undefined)
    return fail(`${places.treeManifest} is missing or changed`, remedy);
  if (manifest === undefined) {
    return warn(
      "there is no manifest to hold the tree against: readygo did not install it",
      `readygo install ${version}`,
    );
  }
  const differences = nameDifferences(compareTree(manifest, scanTree()));
  if (differences !== undefined) return fail(differences.text, remedy, differences.all);
  const count = manifest.files.length.toLocaleString("en-US");
  return pass(isHashedBefore === true ? `${count} files, hashed in this run and not touched since` : `${count} files`);
}

const mostNamed = 5;

/** A tree's differences, one or more. */
interface NamedDifferences {
  /** In one line, the first five by name. */
  readonly text: string;
  /** `src/fmt/print.go (content)`, and so on. */
  readonly all: readonly string[];
}

/** Undefined where there are none. */
export function nameDifferences({ missing, added, changed }: TreeDifference): NamedDifferences | undefined {
  const all = [
    ...changed.map(({ path, what }) => `${path} (${what})`),
    ...missing.map((path) => `${path} (missing)`),
    ...added.map((path) => `${path} (added)`),
  ];
  if (all.length === 0) return undefined;
  const rest = all.length - mostNamed;
  const head = all.length === 1 ? "1 difference" : `${all.length.toLocaleString("en-US")} differences`;
  const more = rest > 0 ? ` and ${rest.toLocaleString("en-US")} more` : "";
  return { text: `${head}: ${all.slice(0, mostNamed).join(", ")}${more}`, all };
}
