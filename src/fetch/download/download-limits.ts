import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";

/** Bounds of a download, in milliseconds. */
export interface DownloadLimits {
  /** Until there is a connection. */
  readonly connectMs: number;
  /** Without a byte. */
  readonly stallMs: number;
  /** For the whole of one source's archive, retries included; undefined: by its size. */
  readonly wholeMs: number | undefined;
}

export const usualLimits: DownloadLimits = { connectMs: 10_000, stallMs: 20_000, wholeMs: undefined };

/** Bytes a second. A source that is slower over a whole archive is given up: another one may be faster. */
const minWholeRate = 16 * 1024;

/** Bytes a second below which a connection is given up: a byte now and then avoids every bound for a stall. */
const minRate = 1024;

/** Of an archive whose size nobody states: what the largest release so far would be given. */
const unknownBytes = 80 * 1024 * 1024;

/** What a timer holds: one for longer fires at once. A Content-Length may say anything. */
const maxWholeMs = 2 ** 31 - 1;

/** Milliseconds for an archive of this size: 16 KiB a second, and a minute to start. */
export function boundWholeMs(limits: DownloadLimits, size: number | undefined): number {
  return Math.min(limits.wholeMs ?? 60_000 + ((size ?? unknownBytes) / minWholeRate) * 1000, maxWholeMs);
}

/**
 * Passes a body on and ends it as `timeout` where it stays under {@link minRate} for one and a half times the bound
 * for a stall. Only time spent waiting for the body counts: a reader may take as long as it likes.
 */
export async function* guardRate(
  body: AsyncIterable<Uint8Array>,
  {
    url,
    stallMs,
    clock,
  }: { readonly url: string; readonly stallMs: number; readonly clock: Pick<Clock, "monotonicMs"> },
): AsyncGenerator<Uint8Array> {
  const windowMs = stallMs * 1.5;
  let waitedMs = 0;
  let bytes = 0;
  let since = clock.monotonicMs();
  for await (const chunk of body) {
    waitedMs += clock.monotonicMs() - since;
    bytes += chunk.length;
    if (waitedMs >= windowMs) {
      if (bytes < (minRate * windowMs) / 1000) {
        const seconds = Math.round(waitedMs / 100) / 10;
        throw new RequestFailure("timeout", redactUrl(url), `the answer is too slow: ${bytes} bytes in ${seconds} s`);
      }
      waitedMs = 0;
      bytes = 0;
    }
    yield chunk;
    since = clock.monotonicMs();
  }
}
