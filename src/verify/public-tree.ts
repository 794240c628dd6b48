import { ProvisionError } from "../errors/provision-error.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { createCrc32Reader } from "../host/file-crc32.ts";
import { places } from "../host/places.ts";
import { toolchainModuleVersion } from "../release/archive-name.ts";
import { compareWithModule, judgePublicTree, onlyInModule, type PublicVerdict } from "../release/public-tree.ts";
import { verifyChecksumRecord } from "../release/sumdb/checksum-record.ts";
import { describeUnshown, isStatement, type LogStatement } from "../release/sumdb/log-answer.ts";
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
      return typeof logged === "string" ? skip(logged) : await judge(context, logged);
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      const part = error.details["part"] === undefined ? "" : `, ${error.details["part"]}`;
      return fail(`${error.message} (${error.code}${part})`, error.remedy[0] ?? `readygo install ${context.version}`);
    }
  },
};

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

async function judge(context: CheckContext, { record, unshown }: LogStatement): Promise<Finding> {
  const { files, version, architecture } = context;
  const goEnv = files.read(absolutePath(places.goroot, "go.env"))?.toString("utf8");
  const verdict = judgePublicTree({ version, architecture, scan: context.scanTree(), goEnv }, record);
  const onRecord = `record ${record.recordId} of ${record.treeSize.toLocaleString("en-US")} in the checksum database`;
  if (unshown !== undefined && verdict.kind !== "different") {
    return warn(
      `${onRecord} states ${record.h1}, which is this tree's, but of the database ${describeUnshown(unshown)}`,
      "let this host reach https://sum.golang.org, then run  readygo verify",
    );
  }
  switch (verdict.kind) {
    case "public":
      return pass(
        `${onRecord} states ${record.h1}, which is this tree's (api, doc, misc, test and modes are not covered)`,
      );
    case "local-toolchain":
      return warn(
        `${onRecord} states ${record.h1}, which is this tree's but for go.env: that says GOTOOLCHAIN=local, the release auto, and nothing else differs`,
        `a distribution's edit; readygo install ${version} --repair  puts the release's own there`,
      );
    case "different":
      return fail(await describeDifferent(context, record, verdict), `readygo install ${version} --repair`);
  }
}

async function describeDifferent(
  context: CheckContext,
  record: LogStatement["record"],
  { h1 }: PublicVerdict,
): Promise<string> {
  const hashes = `this tree's hash is ${h1}, the public release's ${record.h1}`;
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
