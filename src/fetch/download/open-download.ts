import { createDownloadDeadline } from "./download-deadline.ts";
import type { DownloadRequest } from "./download-request.ts";
import { createDownloadState } from "./download-state.ts";
import { findKept, readKept } from "./kept-download.ts";
import { openNext } from "./open-next.ts";
import { readDownload } from "./read-download.ts";

/** An archive that is coming in, however many connections that takes. */
export interface Download {
  /**
   * The archive's bytes in order, once. Throws DownloadFailure where no attempt brought the rest, or the signal's reason.
   * Only a digest tells whether they are the right ones: pieces may be of several connections.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes of the whole, where known. */
  readonly total: number | undefined;
  /** After redirects, without user and password. */
  readonly finalUrl: string;
  /** Bytes at the start that an earlier run, or another source, had brought. */
  readonly reusedBytes: number;
}

/** @throws DownloadFailure where the source does not answer with an archive; ProvisionError from `open` */
export async function openDownload(request: DownloadRequest): Promise<Download> {
  const state = createDownloadState(request);
  const kept = findKept(request, state);
  if (kept !== undefined && kept.size === state.total) {
    return { body: readKept(request, kept.size), total: kept.size, finalUrl: kept.url, reusedBytes: kept.size };
  }
  const deadline = createDownloadDeadline(request, state);
  const first = await openNext(request, state, deadline.signal).catch((error: unknown) => {
    deadline.clear();
    throw error;
  });
  const reusedBytes = state.received;
  const finalUrl = first?.answer.finalUrl ?? kept?.url ?? "";
  deadline.start(finalUrl);
  return {
    body: readDownload(request, state, { first, reusedBytes, deadline }),
    total: state.total,
    finalUrl,
    reusedBytes,
  };
}
