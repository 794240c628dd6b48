import type { Emit } from "../../errors/event.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { namingWay, RequestFailure } from "../../errors/request-failure.ts";
import { openDownload } from "../../fetch/download/download.ts";
import type { Download, DownloadRequest } from "../../fetch/download/download-request.ts";
import { createPartialStore, type PartialStore } from "../../fetch/download/partial-store.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { isTooLittle } from "../../trust/trust-failures.ts";
import type { AcquireContext } from "./acquire-context.ts";

/** What `openDownload` asks for, less what every acquiring run has. */
export type ArchiveRequest = Pick<DownloadRequest, "open" | "name" | "sha256" | "size" | "claimedSize" | "isFinal">;

/** Stages a download, given the URL that an earlier run had the first of its bytes from. */
type Stage<Staged> = (download: Download, keptUrl: string | undefined) => Promise<Staged>;

/**
 * Downloads an archive and hands it to `stage`, which unpacks it into `into` and holds it against its trust root. What
 * comes in is kept under /usr/local/.readygo/partial for a run that is cut off and its successor.
 */
export async function withDownload<Staged>(
  context: AcquireContext,
  into: AbsolutePath,
  request: ArchiveRequest,
  stage: Stage<Staged>,
): Promise<Staged> {
  const { limits, stop, emit, system } = context;
  const store = createPartialStore(context.files.locate(places.partial), () => {
    system.makeDirectory(places.partial, 0o700);
  });
  const discard = (): void => {
    system.removeOwnTree(into);
    system.makeDirectory(into, 0o755);
  };
  return stageDownload({ limits, stop, emit, store, discard }, request, stage);
}

interface StagingRun extends Pick<DownloadRequest, "limits"> {
  readonly stop: AbortSignal;
  readonly emit: Emit;
  readonly store: PartialStore;
  /** Removes what was staged of bytes that are not the release. */
  readonly discard: () => void;
}

/**
 * The same for any place. A mismatch is final, with one exception: bytes that an earlier run had brought are no answer of
 * this source. Where they were among what did not match, they are removed and the same source is asked once for the whole.
 */
export async function stageDownload<Staged>(
  { limits, stop, emit, store, discard }: StagingRun,
  request: ArchiveRequest,
  stage: Stage<Staged>,
): Promise<Staged> {
  const onNotice = (text: string): void => emit({ kind: "notice", text });
  const open = async (): Promise<Download> => openDownload({ ...request, store, limits, signal: stop, onNotice });
  const kept = store.find();
  const download = await open();
  const isReused = download.reusedBytes > 0;
  if (isReused) onNotice(`${request.name}: ${download.reusedBytes} bytes were there already, and are checked again`);
  try {
    return await stage(download, isReused ? kept?.identity.url : undefined);
  } catch (error) {
    namingWay(error, download.way);
    if (!isDistrust(error) && !(isReused && isNoArchive(error))) throw error;
    store.remove();
    if (!isReused) throw error;
    const url = redactUrl(download.finalUrl);
    onNotice(`${request.name}: with what was there already it is not the release; fetching all of it from ${url}`);
    discard();
  }
  try {
    return await stage(await open(), undefined);
  } catch (error) {
    if (isDistrust(error)) store.remove();
    throw error;
  }
}

/** Told by the first bytes, which were among those of an earlier run. */
function isNoArchive(error: unknown): boolean {
  return error instanceof RequestFailure && error.kind === "content";
}

/** The bytes are wrong. Where only too little proves them, fetching them again would not help. */
function isDistrust(error: unknown): boolean {
  return error instanceof ProvisionError && error.exit === 5 && !isTooLittle(error.code);
}
