import type { GoTreeSurvey } from "../host/go-tree-survey.ts";
import { HomeRefusal } from "../host/home-refusal.ts";
import { places } from "../host/places.ts";
import type { AbsolutePath } from "../host/absolute-path.ts";
import type { Architecture } from "../release/architecture.ts";
import { type GoVersion, parseGoVersion } from "../release/go-version.ts";
import { type Finding, type PublicRelease, skip, warn } from "../verify/check.ts";
import { provePublicTree } from "../verify/prove-public-tree.ts";
import type { GoTree } from "./go-tree.ts";

export interface ReleaseQuestions {
  openPublicRelease(release: { readonly version: GoVersion; readonly architecture: Architecture }): PublicRelease;
  findPinnedH1(release: {
    readonly version: GoVersion;
    readonly architecture: Architecture;
  }): Promise<string | undefined>;
  /** Writable by root only. */
  readonly scratch: AbsolutePath;
}

/** What was found of a tree; version and architecture are null where it was not read, or tells none. */
export interface JudgedTree {
  readonly version: GoVersion | null;
  readonly architecture: Architecture | null;
  readonly finding: Finding;
}

/**
 * Whether a tree is the public release that its VERSION names. Nothing in it is run. What a distribution has built is no
 * release of the publisher's, and nothing that could be said of it here.
 */
export async function judgeGoTree(tree: GoTree, questions: ReleaseQuestions): Promise<JudgedTree> {
  if (tree.broughtBy !== null) {
    return unread(
      skip(`of the ${tree.broughtBy}: built by the distribution, so it is none of the publisher's releases`),
    );
  }
  const survey = await readSurvey(tree);
  if ("status" in survey) return unread(survey);
  const version = parseGoVersion(survey.version) ?? null;
  const { architecture } = survey;
  if (version === null) {
    const finding = skip(`its VERSION names no release (${JSON.stringify(survey.version.slice(0, 80))})`);
    return { version, architecture, finding };
  }
  if (architecture === null) {
    return { version, architecture, finding: skip("its bin/go is no program for amd64 or arm64") };
  }
  const release = { version, architecture };
  const crc32 = new Map(survey.scan.files.map(({ path }, index) => [path, survey.crc32[index] ?? 0]));
  const finding = await provePublicTree({
    ...release,
    receipt: undefined,
    manifest: undefined,
    pinnedH1: await questions.findPinnedH1(release),
    publicRelease: questions.openPublicRelease(release),
    scratch: questions.scratch,
    scanTree: () => survey.scan,
    goEnv: survey.goEnv ?? undefined,
    crc32Of: (path) => crc32.get(path) ?? 0,
    remedies: adviseOn(tree, `readygo install ${version}`),
  });
  return { version, architecture, finding };
}

/** What lies elsewhere is somebody's: it is not replaced, but need not be used. */
function adviseOn({ path }: GoTree, install: string): { readonly edited: string; readonly different: string } {
  if (path === places.goroot)
    return { edited: `a distribution's edit; ${install}  puts the release's own there`, different: install };
  const instead = `${install}  has the release's own at ${places.goroot}`;
  return { edited: `a distribution's edit; ${instead}`, different: `use nothing from ${path}; ${instead}` };
}

function unread(finding: Finding): JudgedTree {
  return { version: null, architecture: null, finding };
}

/** Somebody may be at work in a tree, or its disk be damaged: that says nothing of the others. */
async function readSurvey(tree: GoTree): Promise<GoTreeSurvey | Finding> {
  try {
    return await tree.survey();
  } catch (error) {
    const isRefused = error instanceof HomeRefusal || (error instanceof Error && "code" in error);
    if (!(error instanceof Error) || !isRefused) throw error;
    return warn(`it cannot be read: ${error.message}`, "look at the path and the reason, then run  readygo doctor");
  }
}
