import { downloadZip, stageZip } from "../../fetch/unpack/stage-zip.ts";
import { stageTarGz, type StagedTree } from "../../fetch/unpack/stage-tar-gz.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import type { SystemFiles } from "../../host/system-files.ts";
import { releaseBounds } from "../../release/archive-bounds.ts";
import { hashTreeAsModule, isOutsideModule } from "../../release/module-hash.ts";
import { type AskedRoots, claimOf } from "../../trust/ask-roots.ts";
import { type ArchiveOnItsWay, type Inquiry, openInquiry, type Trusted } from "../../trust/inquiry.ts";
import { describeUnused } from "../../trust/trust-failures.ts";
import { nameRoot } from "../../trust/trust-policy.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";

/** An archive that is about to be read, and the roots that were asked about it. */
export interface IncomingArchive extends ArchiveOnItsWay {
  readonly roots: AskedRoots;
  readonly body: AsyncIterable<Uint8Array>;
  readonly total: number | undefined;
}

/** Unpacks an archive into `into`, holds it against every trust root, and says which of them it was trusted by. */
export async function stageArchive(
  context: AcquireContext,
  into: AbsolutePath,
  archive: IncomingArchive,
): Promise<AcquiredRelease> {
  const { roots, fileName, from } = archive;
  const inquiry = openInquiry(context, roots, archive);
  const isZip = roots.kind === "zip";
  const unpack = isZip ? unpackZip : unpackTarGz;
  const staged = await unpack(context, into, archive, inquiry).catch((error: unknown) => inquiry.preferFork(error));
  let { h1 } = staged;
  const trusted = await inquiry.holdTree(() => (h1 ??= hashTreeAsModule(context, staged.manifest.files)));
  reportTrust(context, fileName, trusted);
  const { trust, record } = trusted;
  const isReduced = !isZip && trust.every(({ root }) => root === "log");
  if (isReduced) {
    context.emit({
      kind: "warning",
      text: "only the checksum database proves this archive: api, doc, misc and test, which it does not cover, are left out",
    });
  }
  const tree = isReduced ? leaveOutUncovered(context.system, into, staged) : staged;
  return { staged: tree, archiveName: fileName, from, trust, ...(record === undefined ? {} : { record }) };
}

/** With the hash that it has as a module, where that is known. */
type UnpackedTree = StagedTree & { readonly h1?: string };

/** Streamed; all that comes from the network ends as soon as no answer that is left can make up enough trust. */
async function unpackTarGz(
  context: AcquireContext,
  into: AbsolutePath,
  { roots, body, total, from }: IncomingArchive,
  inquiry: Inquiry,
): Promise<UnpackedTree> {
  const insufficient = new AbortController();
  if (!roots.isLocal) inquiry.checkClaims().catch((error: unknown) => insufficient.abort(error));
  const totalBytes = total ?? roots.pinned?.size;
  return stageTarGz({
    body,
    expected: roots.pinned,
    judge: (passed) => inquiry.holdBytes(passed),
    isSha512Wanted: followSignature(roots),
    into: context.files.locate(into),
    bounds: releaseBounds,
    signal: AbortSignal.any([context.stop, insufficient.signal]),
    sourceName: from,
    onProgress: (receivedBytes) => context.emit({ kind: "progress", receivedBytes, totalBytes }),
  });
}

/** SHA-512 is taken until the signature has come and is over SHA-256, as the publisher's are, or will not come at all. */
function followSignature(roots: AskedRoots): () => boolean {
  let isWanted = true;
  const stop = (): void => void (isWanted = false);
  claimOf(roots, "signature").then((claim) => {
    if (claim?.signedHash !== "sha512") stop();
  }, stop);
  return () => isWanted;
}

/** Spooled into staging first, since its directory is at the end; not before its roots have been found to be enough. */
async function unpackZip(
  context: AcquireContext,
  into: AbsolutePath,
  { roots, fileName, body, total, from }: IncomingArchive,
  inquiry: Inquiry,
): Promise<UnpackedTree> {
  await inquiry.checkClaims();
  const logged = await claimOf(roots, "log");
  const spool = absolutePath(into, "..", "archive.zip");
  const archive = await downloadZip({
    body,
    to: context.files.locate(spool),
    bounds: releaseBounds,
    expected: roots.pinned,
    signal: context.stop,
    sourceName: from,
    onProgress: (receivedBytes) => context.emit({ kind: "progress", receivedBytes, totalBytes: total }),
  });
  await inquiry.holdBytes(archive);
  context.emit({ kind: "step", text: `unpacking ${fileName}` });
  const staged = await stageZip({
    zipPath: context.files.locate(spool),
    archive,
    version: context.version,
    architecture: context.architecture,
    into: context.files.locate(into),
    bounds: releaseBounds,
    expectedH1: logged?.record?.h1,
    signal: context.stop,
    sourceName: from,
  });
  context.system.removeFile(spool);
  return staged;
}

function reportTrust(context: AcquireContext, fileName: string, { trust, unused }: Trusted): void {
  const names = trust.map(({ root }) => nameRoot(root));
  context.emit({ kind: "proof", file: fileName, roots: names });
  for (const root of unused) context.emit(describeUnused(root));
}

/**
 * Takes out of a staged tree what the checksum database does not cover, for an archive that nothing else proves: the
 * folders that the toolchain module lacks, and directories without a file. Modes are computed anyway.
 */
function leaveOutUncovered(system: SystemFiles, tree: AbsolutePath, staged: StagedTree): StagedTree {
  const files = staged.manifest.files.filter(({ path }) => !isOutsideModule(path));
  const needed = new Set(files.flatMap(({ path }) => listParents(path)));
  const directories = staged.manifest.directories.filter((path) => needed.has(path));
  for (const path of staged.manifest.directories) {
    const isOutermost = !needed.has(path) && listParents(path).every((parent) => needed.has(parent));
    if (isOutermost) system.removeOwnTree(absolutePath(tree, path));
  }
  return { ...staged, manifest: { files, directories } };
}

function listParents(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}
