import type { AbsolutePath } from "../../host/absolute-path.ts";
import type { GoTreeLooker, LeftOut, LeftOutReason } from "../../host/trees/go-tree-looker.ts";
import type { GoTreeSurvey } from "../../host/trees/go-tree-survey.ts";
import { places } from "../../host/places.ts";
import type { TreeExcess } from "../../host/trees/tree-bounds.ts";
import { releaseBounds } from "../../release/archive-bounds.ts";
import type { Architecture } from "../../release/architecture.ts";
import { type GoVersion, parseGoVersion } from "../../release/go-version.ts";
import { fail, type Finding, type PublicRelease, skip, warn } from "../../verify/check.ts";
import { provePublicTree } from "../../verify/prove-public-tree.ts";
import { parseToolchainPath, toTree } from "./toolchain-tree.ts";

export interface ReleaseName {
  readonly version: GoVersion;
  readonly architecture: Architecture;
}

export interface ReleaseQuestions {
  openPublicRelease(release: ReleaseName): PublicRelease;
  findPinnedH1(release: ReleaseName): Promise<string | undefined>;
  /** Writable by root only. */
  readonly scratch: AbsolutePath;
}

/**
 * Why a tree was not read whole: it is a `package`'s; it `names-no-release`; it has no program for an architecture that
 * readygo knows (`no-program`); it goes `beyond-releases`; or it was left out.
 */
export type UnreadReason = "package" | "names-no-release" | "no-program" | "beyond-releases" | LeftOutReason;

/** What was found of a tree; version and architecture are null where it tells none, or was not asked. */
export interface JudgedTree {
  readonly version: GoVersion | null;
  readonly architecture: Architecture | null;
  /** Null where it was read and judged. */
  readonly reason: UnreadReason | null;
  readonly finding: Finding;
}

/** A tree that says which release it is. */
export interface NamedTree extends GoTree {
  readonly release: ReleaseName;
}

/**
 * Which release a tree says it is, or what there is to say where it is none of the publisher's. What a distribution has
 * built is no release of the publisher's, and nothing that could be said of it here.
 */
export async function nameGoTree(tree: GoTree): Promise<NamedTree | JudgedTree> {
  if (tree.broughtBy !== null) {
    const text = `of the ${tree.broughtBy}: built by the distribution, so it is none of the publisher's releases`;
    return unread("package", skip(text));
  }
  const answer = await tree.looker.readName(tree.path);
  if (answer.kind === "left-out") return judgeLeftOut(answer);
  const { name } = answer;
  const version = parseGoVersion(name.version);
  if (version === undefined) {
    const text = `its VERSION names no release (${JSON.stringify(name.version.slice(0, 80))})`;
    return unread("names-no-release", skip(text));
  }
  const { architecture } = name;
  if (architecture === null) {
    return { ...unread("no-program", skip("its bin/go is no program for amd64 or arm64")), version };
  }
  return { ...tree, release: { version, architecture } };
}

/** Whether a tree is the public release that its VERSION names. Nothing in it is run. */
export async function judgeGoTree(tree: NamedTree, questions: ReleaseQuestions): Promise<JudgedTree> {
  const { release } = tree;
  const answer = await tree.looker.survey(tree.path);
  if (answer.kind === "left-out") return { ...judgeLeftOut(answer), ...release };
  if (answer.kind === "beyond") {
    const text = `it is no release: ${describeExcess(answer.excess)}. It was not read further`;
    return { ...unread("beyond-releases", fail(text, adviseOn(tree).different)), ...release };
  }
  const survey = parseToolchainPath(tree.path) === undefined ? answer.survey : toTree(answer.survey);
  if (parseGoVersion(survey.version) !== release.version || survey.architecture !== release.architecture) {
    const text = "somebody else is changing it (its VERSION or bin/go is another than a moment ago)";
    return { ...judgeLeftOut({ kind: "left-out", reason: "unreadable", text }), ...release };
  }
  return { ...release, reason: null, finding: await judgeSurvey(tree, survey, questions) };
}

async function judgeSurvey(tree: NamedTree, survey: GoTreeSurvey, questions: ReleaseQuestions): Promise<Finding> {
  const { release } = tree;
  const crc32 = new Map(survey.scan.files.map(({ path }, index) => [path, survey.crc32[index] ?? 0]));
  return await provePublicTree({
    ...release,
    receipt: undefined,
    manifest: undefined,
    pinnedH1: await questions.findPinnedH1(release),
    publicRelease: questions.openPublicRelease(release),
    scratch: questions.scratch,
    scanTree: () => survey.scan,
    goEnv: survey.goEnv ?? undefined,
    crc32Of: (path) => crc32.get(path) ?? 0,
    remedies: adviseOn(tree),
  });
}

/** What lies elsewhere is somebody's: it is not replaced, but need not be used. */
function adviseOn({ path, release }: NamedTree): { readonly edited: string; readonly different: string } {
  const install = `readygo install ${release.version}`;
  if (path === places.goroot)
    return { edited: `a distribution's edit; ${install}  puts the release's own there`, different: install };
  const instead = `${install}  has the release's own at ${places.goroot}`;
  return { edited: `a distribution's edit; ${instead}`, different: `use nothing from ${path}; ${instead}` };
}

function describeExcess({ of, path, size }: TreeExcess): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  switch (of) {
    case "entries":
      return `it has more than ${number(releaseBounds.entries)} files and directories, and no release has as many`;
    case "bytes":
      return `its files have more than ${number(releaseBounds.unpackedBytes)} bytes together, and no release's have as many`;
    case "file":
      return `${JSON.stringify(path)} has ${number(size ?? 0)} bytes, and no release has a file of more than ${number(releaseBounds.fileBytes)}`;
    case "path":
      return `a path in it has more than ${releaseBounds.pathBytes} bytes, and no release has one as long (it begins ${JSON.stringify(path?.slice(0, 60))})`;
    case "names":
      return "the names of its files and directories are longer together than any release's";
  }
}

/** Somebody may be changing a tree, its disk be damaged, or the run's time over: that says nothing of the others. */
export function judgeLeftOut({ reason, text }: LeftOut): JudgedTree {
  if (reason === "unreadable") {
    return unread(
      reason,
      warn(`it cannot be read: ${text}`, "look at the path and the reason, then run  readygo doctor"),
    );
  }
  return unread(reason, warn(`it is left out: ${text}`, adviseOnLeftOut(reason)));
}

function adviseOnLeftOut(reason: Exclude<LeftOutReason, "unreadable">): string {
  return reason === "unanswered"
    ? "see what the file system there waits for, or who stops what looks at it, then run  readygo doctor"
    : "move away what is large or not needed of the Gos on this host, then run  readygo doctor";
}

function unread(reason: UnreadReason, finding: Finding): JudgedTree {
  return { version: null, architecture: null, reason, finding };
}

/** A Go that readygo did not install. */
export interface GoTree {
  readonly path: AbsolutePath;
  /** Whose home it lies in; null for the whole host's. */
  readonly account: string | null;
  /** What of the host's package management brought it, as `snap go` or `package golang-1.22-go`; null for none. */
  readonly broughtBy: string | null;
  /** Looks at it with its account's rights. */
  readonly looker: Pick<GoTreeLooker, "readName" | "survey">;
}
