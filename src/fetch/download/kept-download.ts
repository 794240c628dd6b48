import { RequestFailure } from "../../errors/request-failure.ts";
import type { DownloadRequest } from "./download-request.ts";
import type { DownloadState } from "./download-state.ts";

/** What was kept of this very archive, told by its digest or, where none is known, by its name and validator. */
export function findKept(request: DownloadRequest, state: DownloadState): { size: number; url: string } | undefined {
  const found = request.store?.find();
  if (found === undefined) return undefined;
  const { identity, size } = found;
  const isDigestKnown = request.sha256 !== undefined;
  const isSame =
    identity.name === request.name &&
    (isDigestKnown ? identity.sha256 === request.sha256 : identity.sha256 === null && identity.validator !== null);
  if (!isSame) return undefined;
  state.total ??= identity.total ?? undefined;
  if (!isDigestKnown) state.validator = identity.validator ?? undefined;
  // Without a digest the server has to confirm that it still is the same file, which takes a byte to ask for.
  const most = state.total === undefined ? size : Math.min(size, isDigestKnown ? state.total : state.total - 1);
  if (most <= 0) return undefined;
  state.received = most;
  return { size: most, url: identity.url };
}

/** The bytes that were kept, from the first one on. @throws RequestFailure where they cannot be read: they are given up */
export async function* readKept({ store }: DownloadRequest, size: number): AsyncGenerator<Uint8Array> {
  if (store === undefined) return;
  try {
    yield* store.read(size);
  } catch (cause) {
    store.remove();
    throw new RequestFailure("interrupted", "", "what an earlier run had fetched cannot be read", { cause });
  }
}

/** The first answer does not go on from what was kept: everything is fetched anew. */
export function forgetKept(request: DownloadRequest, state: DownloadState): void {
  if (state.received === 0) return;
  request.store?.remove();
  state.received = 0;
  state.validator = undefined;
  state.total = request.size;
}
