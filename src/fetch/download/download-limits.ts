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

/** A source that is slower than this over a whole archive is not waited for: another one may do, or a person has to. */
const leastWholeRate = 16 * 1024;

/** Of an archive whose size nobody states: what the largest release so far would be given. */
const unknownBytes = 80 * 1024 * 1024;

/** What a timer holds: one for longer fires at once. A Content-Length may say anything. */
const mostWholeMs = 2 ** 31 - 1;

/** Milliseconds for an archive of this size: 16 KiB a second, and a minute to start. */
export function boundWholeMs(limits: DownloadLimits, size: number | undefined): number {
  return Math.min(limits.wholeMs ?? 60_000 + ((size ?? unknownBytes) / leastWholeRate) * 1000, mostWholeMs);
}
