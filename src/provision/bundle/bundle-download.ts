import { RequestFailure } from "../../errors/request-failure.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { openFileBody } from "../../fetch/http/open-file-body.ts";
import type { BundleDirectory } from "../../host/bundle-directory.ts";
import { releaseBounds } from "../../release/archive-bounds.ts";
import { pathOfFileUrl } from "../../sources/file-url.ts";
import type { Session } from "../session.ts";

/**
 * Reads an archive into a part of the bundle, going on from where an earlier run was cut off. Nothing of it is trusted
 * yet: a part that does not prove is begun anew by the next run.
 *
 * @throws RequestFailure
 */
export async function downloadToPart(
  session: Session,
  directory: BundleDirectory,
  name: string,
  url: string,
): Promise<void> {
  if (url.startsWith("file:")) {
    const { body } = await openFileBody(pathOfFileUrl(url));
    await directory.writePart(name, 0, bounded(session, body, { url, from: 0, total: undefined }));
    return;
  }
  const offset = directory.partSize(name);
  const answer = await session.http
    .openBody(url, { signal: session.stop, expectedContent: "archive", offset })
    .catch(async (error: unknown) => {
      // 416: the part is whole, or longer than what is there now.
      if (offset === 0 || !(error instanceof RequestFailure) || error.status !== 416) throw error;
      return session.http.openBody(url, { signal: session.stop, expectedContent: "archive" });
    });
  const from = answer.status === 206 ? offset : 0;
  const total = answer.contentLength === undefined ? undefined : from + answer.contentLength;
  if (from > 0) session.emit({ kind: "notice", text: `going on after ${from} bytes that an earlier run fetched` });
  await directory.writePart(name, from, bounded(session, answer.body, { url, from, total }));
}

async function* bounded(
  session: Session,
  body: AsyncIterable<Uint8Array>,
  about: { readonly url: string; readonly from: number; readonly total: number | undefined },
): AsyncGenerator<Uint8Array> {
  let receivedBytes = about.from;
  for await (const chunk of body) {
    session.stop.throwIfAborted();
    receivedBytes += chunk.length;
    if (receivedBytes > releaseBounds.archiveBytes)
      throw new RequestFailure("content", redactUrl(about.url), "it is larger than any release");
    session.emit({ kind: "progress", receivedBytes, totalBytes: about.total });
    yield chunk;
  }
}
