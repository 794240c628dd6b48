import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { openDownload, type Download, type DownloadRequest } from "../../fetch/download/download.ts";
import { createPartialStore } from "../../fetch/download/partial-store.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import type { AcquireContext } from "./acquire-context.ts";
import { isTooLittle } from "../../trust/trust-failures.ts";

/** What `openDownload` asks for, less what every acquiring run has. */
type ArchiveRequest = Pick<DownloadRequest, "open" | "name" | "sha256" | "size" | "claimedSize" | "isFinal">;

/**
 * Downloads an archive and hands it to `stage`, which unpacks it into `into` and holds it against its trust root, with
 * the URL that an earlier run had the first of its bytes from. What
 * comes in is kept under /usr/local/.readygo/partial for a run that is cut off and its successor.
 *
 * A mismatch is final, with one exception: bytes that were taken over from before are no answer of this source. Where
 * they were among what did not match, they are thrown away and the same source is asked once for the whole.
 */
export async function withDownload<Staged>(
  context: AcquireContext,
  into: AbsolutePath,
  request: ArchiveRequest,
  stage: (download: Download, keptUrl: string | undefined) => Promise<Staged>,
): Promise<Staged> {
  const store = createPartialStore(context.files.locate(places.partial), () => {
    context.system.makeDirectory(places.partial, 0o700);
  });
  const open = async (): Promise<Download> =>
    openDownload({
      ...request,
      store,
      limits: context.limits,
      signal: context.stop,
      onNotice: (text) => context.emit({ kind: "notice", text }),
    });
  const kept = store.find();
  const download = await open();
  if (download.reusedBytes > 0) {
    const text = `${request.name}: ${download.reusedBytes} bytes were there already, and are checked again`;
    context.emit({ kind: "notice", text });
  }
  try {
    return await stage(download, download.reusedBytes > 0 ? kept?.identity.url : undefined);
  } catch (error) {
    const isReused = download.reusedBytes > 0;
    if (!isDistrust(error) && !(isReused && isNoArchive(error))) throw error;
    store.remove();
    if (!isReused) throw error;
    const text = `${request.name}: with what was there already it is not the release; fetching all of it from ${redactUrl(download.finalUrl)}`;
    context.emit({ kind: "notice", text });
    context.system.removeOwnTree(into);
    context.system.makeDirectory(into, 0o755);
  }
  try {
    return await stage(await open(), undefined);
  } catch (error) {
    if (isDistrust(error)) store.remove();
    throw error;
  }
}

/** Told by the first bytes, which were among those that were taken over. */
function isNoArchive(error: unknown): boolean {
  return error instanceof RequestFailure && error.kind === "content";
}

/** Something speaks against the bytes; that too little speaks for them is no reason to fetch them again. */
function isDistrust(error: unknown): boolean {
  return error instanceof ProvisionError && error.exit === 5 && !isTooLittle(error.code);
}
