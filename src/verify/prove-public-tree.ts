import { nameDifferences } from "./checks/whole-tree.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { toolchainModuleVersion } from "../release/archive-name.ts";
import { compareWithModule, judgePublicTree, onlyInModule, type PublicVerdict } from "../trust/compare-public-tree.ts";
import { verifyChecksumRecord } from "../trust/sumdb/checksum-record.ts";
import { describeUnshown, isStatement, type LogStatement, requireSameH1 } from "../trust/sumdb/log-answer.ts";
import { compareTree } from "../release/tree-manifest.ts";
import { type CheckContext, fail, type Finding, pass, skip, warn } from "./check.ts";

/** A tree, wherever it lies, and who can be asked about its release. */
export interface PublicTreeSubject extends Pick<
  CheckContext,
  "version" | "architecture" | "receipt" | "manifest" | "pinnedH1" | "scanTree" | "publicRelease" | "scratch"
> {
  /** The text of go.env; undefined where there is none. */
  readonly goEnv: string | undefined;
  /** Of the content of a file of the tree, by its path in it. */
  readonly crc32Of: (path: string) => number;
  /** Where go.env alone has been edited, as distributions do; and where anything else differs. */
  readonly remedies: { readonly edited: string; readonly different: string };
}

/** Whether a tree is the public release: by its record in the checksum database, else by what is pinned of it. */
export async function provePublicTree(subject: PublicTreeSubject): Promise<Finding> {
  try {
    const logged = await findRecord(subject);
    const pinned = findPinned(subject);
    if (typeof logged === "string")
      return pinned === undefined ? skip(logged) : await judge(subject, { ...pinned, besides: logged });
    const { record, unshown } = logged;
    if (pinned !== undefined) requireSameH1(record, pinned.h1);
    const by = `record ${record.recordId} of ${record.treeSize.toLocaleString("en-US")} in the checksum database`;
    if (unshown === undefined) return await judge(subject, { h1: record.h1, by });
    const besides = `of the checksum database, ${describeUnshown(unshown)}`;
    if (pinned !== undefined) return await judge(subject, { ...pinned, besides });
    const finding = await judge(subject, { h1: record.h1, by, besides });
    return finding.status === "fail"
      ? finding
      : warn(finding.evidence, "let this host reach https://sum.golang.org, then run the same command again");
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const part = error.details["part"] === undefined ? "" : `, ${error.details["part"]}`;
    return fail(`${error.message} (${error.code}${part})`, error.remedy[0] ?? `readygo install ${subject.version}`);
  }
}

/** Who states which hash of the public release. */
interface PublicHash {
  readonly h1: string;
  readonly by: string;
  /** What else there is to say. */
  readonly besides?: string;
}

/** With `--sha256` the archive's own hash took the place of what is pinned. */
function findPinned({ pinnedH1, receipt }: PublicTreeSubject): PublicHash | undefined {
  if (pinnedH1 === undefined || receipt?.trust.some(({ root }) => root === "flag") === true) return undefined;
  return { h1: pinnedH1, by: "the pinned manifest" };
}

/**
 * The record that came with the install, checked anew from nothing but itself and the pinned key, else what the log says
 * now; in words why there is none.
 *
 * @throws ProvisionError `log-forked`, and of logFailure
 */
async function findRecord(subject: PublicTreeSubject): Promise<LogStatement | string> {
  const { receipt, version, architecture, publicRelease } = subject;
  const stored = receipt?.record;
  if (stored?.moduleVersion === toolchainModuleVersion(version, architecture)) {
    verifyChecksumRecord(stored);
    return { record: stored, unshown: undefined };
  }
  if (publicRelease === undefined) return "the checksum database has not said anything of it during this install";
  const answer = await publicRelease.askLog();
  return isStatement(answer) ? answer : `without the checksum database: ${answer.why}`;
}

async function judge(subject: PublicTreeSubject, { h1, by, besides }: PublicHash): Promise<Finding> {
  const { version, architecture, goEnv, remedies } = subject;
  const verdict = judgePublicTree({ version, architecture, scan: subject.scanTree(), goEnv }, { h1 });
  const more = besides === undefined ? "" : `; ${besides}`;
  switch (verdict.kind) {
    case "public":
      return pass(`${by} states ${h1}, which is this tree's (api, doc, misc, test and modes are not covered)${more}`);
    case "local-toolchain":
      return warn(
        `${by} states ${h1}, which is this tree's but for go.env: that says GOTOOLCHAIN=local, the release auto, and nothing else differs${more}`,
        remedies.edited,
      );
    case "different": {
      const { text, differences } = await describeDifferent(subject, h1, verdict);
      return fail(text, remedies.different, differences);
    }
  }
}

async function describeDifferent(
  subject: PublicTreeSubject,
  wanted: string,
  { h1 }: PublicVerdict,
): Promise<{ readonly text: string; readonly differences?: readonly string[] }> {
  const hashes = `this tree's hash is ${h1}, the public release's ${wanted}`;
  const { manifest, publicRelease } = subject;
  if (manifest !== undefined) {
    const named = nameDifferences(onlyInModule(compareTree(manifest, subject.scanTree())));
    return named === undefined
      ? { text: `the tree is what was installed, but that is not the public release: ${hashes}` }
      : { text: `${named.text}; ${hashes}`, differences: named.all };
  }
  if (publicRelease === undefined) return { text: hashes };
  try {
    const entries = await publicRelease.listModule(subject.scratch);
    const named = nameDifferences(compareWithModule(subject.scanTree(), entries, subject.crc32Of));
    return named === undefined ? { text: hashes } : { text: `${named.text}; ${hashes}`, differences: named.all };
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    return { text: `${hashes}; which files differ cannot be told without its zip's directory: ${error.message}` };
  }
}
