import { redactUrl } from "../../errors/redact-url.ts";
import type { BodyRequest } from "../../fetch/http/body-request.ts";
import type { HttpBody } from "../../fetch/http/http-answer.ts";
import { stageTarGz } from "../../fetch/unpack/stage-tar-gz.ts";
import { prepareUnpackThread } from "../../fetch/unpack/unpack-thread.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { archiveFileName } from "../../release/archive-name.ts";
import { releaseBounds } from "../../release/archive-bounds.ts";
import { archiveUrls, type Source } from "../../sources/source.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { askRoots, type AskedRoots } from "../../trust/ask-roots.ts";
import { createJudge, type Judgement } from "../../trust/judge-roots.ts";
import { leaveOutUncovered } from "./leave-out-uncovered.ts";
import { describeUnused } from "../../trust/trust-failures.ts";
import { isPublisherUrl, nameRoot } from "../../trust/trust-policy.ts";
import { withDownload } from "./with-download.ts";

/** The publisher's archive, from the publisher or from a mirror with the same file names. */
export async function acquireTarGz(
  context: AcquireContext,
  source: Extract<Source, { readonly kind: "publisher" | "base-url" }>,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  const fileName = archiveFileName(context.version, context.architecture);
  const servedBy = new Set<string>();
  const open = async (request: BodyRequest): Promise<HttpBody> => {
    const answer = await (source.kind === "publisher"
      ? context.publisher.openArchive(fileName, request)
      : context.http.openBody(archiveUrls(source, fileName)[0], request));
    servedBy.add(answer.finalUrl);
    return answer;
  };
  const isFinal = (): boolean => source.kind === "publisher" && context.publisher.failure !== undefined;
  prepareUnpackThread();
  const roots = await askRoots(context, source, fileName);
  try {
    context.emit({ kind: "step", text: `fetching ${fileName}` });
    const expected = await roots.hashBefore();
    const about = { sha256: expected?.sha256, size: roots.pinned?.expected.size, claimedSize: expected?.size };
    const archive = { open, isFinal, name: fileName, ...about };
    return await withDownload(context, into, archive, async ({ body, total, finalUrl }, keptUrl) => {
      if (keptUrl !== undefined) servedBy.add(keptUrl);
      const from = redactUrl(finalUrl);
      return stageVouched(context, into, {
        roots,
        fileName,
        body,
        total,
        from,
        // Asked when the bytes are there: a mirror may send any piece of them to fetch elsewhere.
        get isFromPublisher() {
          return source.kind === "publisher" || [...servedBy].some(isPublisherUrl);
        },
      });
    });
  } finally {
    roots.end();
  }
}

export interface VouchedArchive {
  readonly roots: AskedRoots;
  readonly fileName: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly total: number | undefined;
  readonly from: string;
  /** Whoever can change some of its bytes can change the publisher's JSON too. */
  readonly isFromPublisher: boolean;
}

/** Streams an archive into `into`, holds it against every trust root, and says which of them it was trusted by. */
export async function stageVouched(
  context: AcquireContext,
  into: AbsolutePath,
  archive: VouchedArchive,
): Promise<AcquiredRelease> {
  const { roots, fileName, body, from } = archive;
  const judge = createJudge(context, roots, archive);
  const totalBytes = archive.total ?? roots.pinned?.expected.size;
  const staged = await stageTarGz({
    body,
    expected: roots.pinned?.expected,
    judge: (passed) => judge.judgeBytes(passed),
    isSha512Wanted: followSignature(roots),
    into: context.files.locate(into),
    bounds: releaseBounds,
    signal: AbortSignal.any([context.stop, judge.hopeless]),
    sourceName: from,
    onProgress: (receivedBytes) => context.emit({ kind: "progress", receivedBytes, totalBytes }),
  }).catch((error: unknown) => judge.preferFork(error));
  const judgement = await judge.judgeTree(staged.manifest);
  reportTrust(context, fileName, judgement);
  const { trust, record } = judgement;
  const isLogAlone = trust.every(({ root }) => root === "log");
  const tree = isLogAlone ? leaveOutUncovered(context.system, into, staged) : staged;
  return { staged: tree, archiveName: fileName, from, trust, ...(record === undefined ? {} : { record }) };
}

/** SHA-512 is taken until the signature has come and is over SHA-256, as the publisher's are, or will not come at all. */
function followSignature(roots: AskedRoots): () => boolean {
  let isWanted = true;
  const stop = (): void => void (isWanted = false);
  roots.signature().then((answer) => {
    if (answer.kind !== "states" || answer.statement.signature.hash === "sha256") stop();
  }, stop);
  return () => isWanted;
}

function reportTrust(context: AcquireContext, fileName: string, { trust, unused }: Judgement): void {
  const names = trust.map(({ root }) => nameRoot(root));
  context.emit({ kind: "notice", text: `${fileName} is vouched for by ${names.join(", ")}` });
  for (const root of unused) context.emit(describeUnused(root));
  if (trust.some(({ root }) => root !== "log")) return;
  context.emit({
    kind: "warning",
    text: "only the checksum database vouches for this archive: api, doc, misc and test, which it does not cover, are left out",
  });
}
