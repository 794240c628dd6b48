import { redactUrl } from "../../errors/redact-url.ts";
import type { BodyRequest } from "../../fetch/http/body-request.ts";
import type { HttpBody } from "../../fetch/http/http-answer.ts";
import { prepareUnpackThread } from "../../fetch/unpack/unpack-thread.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { archiveFileName } from "../../release/archive-name.ts";
import { hostOfSource } from "../../sources/publisher.ts";
import { archiveUrls, type Source } from "../../sources/source.ts";
import { askRoots, claimOf } from "../../trust/ask-roots.ts";
import { isPublisherUrl } from "../../trust/trust-policy.ts";
import { within } from "../../trust/wait-until.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { stageArchive } from "./stage-archive.ts";
import { withDownload } from "./with-download.ts";

const mostHashMs = 3_000;

/** The publisher's archive, from the publisher or from a mirror with the same file names. */
export async function acquireTarGz(
  context: AcquireContext,
  source: Extract<Source, { readonly kind: "publisher" | "base-url" }>,
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  const fileName = archiveFileName(context.version, context.architecture);
  const servedBy = new Set<string>();
  const publisher = source.kind === "publisher" ? hostOfSource(context.publisher, source) : undefined;
  const open = async (request: BodyRequest): Promise<HttpBody> => {
    const answer = await (publisher !== undefined
      ? publisher.openArchive(fileName, request)
      : context.http.openBody(archiveUrls(source, fileName)[0], request));
    servedBy.add(answer.finalUrl);
    return answer;
  };
  const isFinal = (): boolean => publisher?.failure !== undefined;
  prepareUnpackThread();
  const roots = await askRoots(context, source, fileName);
  try {
    context.emit({ kind: "step", text: `fetching ${fileName}`, transfer: { verb: "download", file: fileName } });
    // What the publisher's JSON says is no verdict: a hash that the download can be resumed under.
    const expected = roots.pinned ?? (await within(mostHashMs, claimOf(roots, "publisher")))?.expected;
    const about = { sha256: expected?.sha256, size: roots.pinned?.size, claimedSize: expected?.size };
    const archive = { open, isFinal, name: fileName, ...about };
    return await withDownload(context, into, archive, async ({ body, total, finalUrl }, keptUrl) => {
      if (keptUrl !== undefined) servedBy.add(keptUrl);
      return stageArchive(context, into, {
        roots,
        fileName,
        body,
        total,
        from: redactUrl(finalUrl),
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
