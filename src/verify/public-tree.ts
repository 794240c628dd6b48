import { ProvisionError } from "../errors/provision-error.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { createCrc32Reader } from "../host/file-crc32.ts";
import { places } from "../host/places.ts";
import { toolchainModuleVersion } from "../release/archive-name.ts";
import { compareWithModule, judgePublicTree, onlyInModule, type PublicVerdict } from "../release/public-tree.ts";
import { verifyChecksumRecord } from "../release/sumdb/checksum-record.ts";
import { describeUnshown, isStatement, type LogStatement, requireSameH1 } from "../release/sumdb/log-answer.ts";
import { compareTree } from "../release/tree-manifest.ts";
import { type Check, type CheckContext, fail, type Finding, pass, skip, warn } from "./check.ts";
import { nameDifferences } from "./name-differences.ts";

export const publicTree: Check = {
  id: "tree-public",
  layer: 1,
  proves: "the tree is the public release: the log that everybody sees has its hash on record",
  needsRunning: false,
  async run(context) {
    if (context.files.stat(places.goroot)?.kind !== "directory") return skip(`${places.goroot} is no directory`);
    try {
      const logged = await findRecord(context);
      const pinned = findPinned(context);
      if (typeof logged === "string")
        return pinned === undefined ? skip(logged) : await judge(context, { ...pinned, besides: logged });
      const { record, unshown } = logged;
      if (pinned !== undefined) requireSameH1(record, pinned.h1);
      const by = `record ${record.recordId} of ${record.treeSize.toLocaleString("en-US")} in the checksum database`;
      if (unshown === undefined) return await judge(context, { h1: record.h1, by });
      const besides = `of the checksum database, ${describeUnshown(unshown)}`;
      if (pinned !== undefined) return await judge(context, { ...pinned, besides });
      const finding = await judge(context, { h1: record.h1, by, besides });
      return finding.status === "fail"
        ? finding
        : warn(finding.evidence, "let this host reach https://sum.golang.org, then run  readygo verify");
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      const part = error.details["part"] === undefined ? "" : `, ${error.details["part"]}`;
      return fail(`${error.message} (${error.code}${part})`, error.remedy[0] ?? `readygo install ${context.version}`);
    }
  },
};

/** Who states which hash of the public release. */
interface PublicHash {
  readonly h1: string;
  readonly by: string;
  /** What else there is to say. */
  readonly besides?: string;
}

/** With `--sha256` the archive's own hash took the place of what is pinned. */
function findPinned({ pinnedH1, receipt }: CheckContext): PublicHash | undefined {
  if (pinnedH1 === undefined || receipt?.trust.some(({ root }) => root === "flag") === true) return undefined;
  return { h1: pinnedH1, by: "the pinned manifest" };
}

/**
 * The record that came with the install, checked anew from nothing but itself and the pinned key, else what the log says
 * now; in words why there is none.
 *
 * @throws ProvisionError `log-untrusted`, `log-forked`
 */
async function findRecord(context: CheckContext): Promise<LogStatement | string> {
  const { receipt, version, architecture, publicRelease } = context;
  const stored = receipt?.record;
  if (stored?.moduleVersion === toolchainModuleVersion(version, architecture)) {
    verifyChecksumRecord(stored);
    return { record: stored, unshown: undefined };
  }
  if (publicRelease === undefined) return "the checksum database has not said anything of it during this install";
  const answer = await publicRelease.askLog();
  return isStatement(answer) ? answer : `without the checksum database: ${answer.why}`;
}

async function judge(context: CheckContext, { h1, by, besides }: PublicHash): Promise<Finding> {
  const { files, version, architecture } = context;
  const goEnv = files.read(absolutePath(places.goroot, "go.env"))?.toString("utf8");
  const verdict = judgePublicTree({ version, architecture, scan: context.scanTree(), goEnv }, { h1 });
  const more = besides === undefined ? "" : `; ${besides}`;
  switch (verdict.kind) {
    case "public":
      return pass(`${by} states ${h1}, which is this tree's (api, doc, misc, test and modes are not covered)${more}`);
    case "local-toolchain":
      return warn(
        `${by} states ${h1}, which is this tree's but for go.env: that says GOTOOLCHAIN=local, the release auto, and nothing else differs${more}`,
        `a distribution's edit; readygo install ${version} --repair  puts the release's own there`,
      );
    case "different":
      return fail(await describeDifferent(context, h1, verdict), `readygo install ${version} --repair`);
  }
}

async function describeDifferent(context: CheckContext, wanted: string, { h1 }: PublicVerdict): Promise<string> {
  const hashes = `this tree's hash is ${h1}, the public release's ${wanted}`;
  const { manifest, publicRelease } = context;
  if (manifest !== undefined) {
    const named = nameDifferences(onlyInModule(compareTree(manifest, context.scanTree())));
    return named === undefined
      ? `the tree is what was installed, but that is not the public release: ${hashes}`
      : `${named}; ${hashes}`;
  }
  if (publicRelease === undefined) return hashes;
  try {
    const entries = await publicRelease.listModule(context.scratch);
    const read = createCrc32Reader();
    const crc32Of = (path: string): number => read(context.files.locate(absolutePath(places.goroot, path)));
    const named = nameDifferences(compareWithModule(context.scanTree(), entries, crc32Of));
    return named === undefined ? hashes : `${named}; ${hashes}`;
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    return `${hashes}; which files differ cannot be told without its zip's directory: ${error.message}`;
  }
}
