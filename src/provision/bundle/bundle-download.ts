import { type ArchiveRequest, stageDownload } from "../../apply/acquire/with-download.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { createPartialStore } from "../../fetch/download/partial-store.ts";
import { openFileBody } from "../../fetch/http/open-file-body.ts";
import type { BundleDirectory } from "../../host/bundle-directory.ts";
import { releaseBounds } from "../../release/archive-bounds.ts";
import { pathOfFileUrl } from "../../sources/file-url.ts";
import type { Session } from "../session.ts";
import type { BundleTarget } from "./bundle-proof.ts";

interface ArchiveToProve {
  readonly target: BundleTarget;
  readonly name: string;
  readonly url: string;
}

/**
 * Brings an archive into a part of the bundle, by the rules of every download, and has it proven there. What an earlier
 * run has kept is used again; what does not prove is not.
 *
 * @throws RequestFailure; what `prove` throws
 */
export async function downloadToProve<Proven>(
  session: Session,
  directory: BundleDirectory,
  { target, name, url }: ArchiveToProve,
  prove: () => Promise<Proven>,
): Promise<Proven> {
  const { limits, stop, emit, http } = session;
  const store = createPartialStore(directory.part(`${name}.partial`));
  const discard = (): void => directory.removePart(name);
  const proveBody = async (body: AsyncIterable<Uint8Array>, total: number | undefined): Promise<Proven> => {
    await directory.writePart(name, 0, withProgress(session, body, { url, total }));
    return prove().catch((error: unknown) => {
      store.remove();
      discard();
      throw error;
    });
  };
  if (url.startsWith("file:")) {
    const { body, contentLength } = await openFileBody(pathOfFileUrl(url));
    return proveBody(body, contentLength);
  }
  const archive: ArchiveRequest = { open: (request) => http.openBody(url, request), name, ...findStated(target, name) };
  const run = { limits, stop, emit, store, discard };
  const proven = await stageDownload(run, archive, ({ body, total }) => proveBody(body, total));
  store.remove();
  return proven;
}

/** Of a tar.gz; a module zip has no digest that is known beforehand. */
function findStated(
  { release, architecture }: BundleTarget,
  name: string,
): Pick<ArchiveRequest, "sha256" | "size" | "claimedSize"> {
  const statements = name.endsWith(".zip") ? [] : (release?.archives[architecture]?.statements ?? []);
  const pinned = statements.find(({ by }) => by === "manifest");
  const stated = pinned ?? statements.find(({ sha256 }) => sha256 !== undefined);
  return { sha256: stated?.sha256, size: pinned?.size, claimedSize: stated?.size };
}

async function* withProgress(
  session: Session,
  body: AsyncIterable<Uint8Array>,
  { url, total }: { readonly url: string; readonly total: number | undefined },
): AsyncGenerator<Uint8Array> {
  let receivedBytes = 0;
  for await (const chunk of body) {
    session.stop.throwIfAborted();
    receivedBytes += chunk.length;
    if (receivedBytes > releaseBounds.archiveBytes)
      throw new RequestFailure("content", redactUrl(url), "it is larger than any release");
    session.emit({ kind: "progress", receivedBytes, totalBytes: total });
    yield chunk;
  }
}
