import { formatBytes } from "./format-bytes.ts";
import { formatDuration } from "./format-duration.ts";

/** Long enough to be calm, short enough to show that a connection has slowed down. */
const windowMs = 5_000;
/** A rate from less time than this is noise. */
const leastMs = 500;

export interface TransferRate {
  /** `12.3 MB of 66.9 MB, 4.1 MB/s, 13 s left`; what is not known is left out. */
  describe(receivedBytes: number, totalBytes: number | undefined): string;
}

/** @param nowMs milliseconds from any start, never going back */
export function createTransferRate(nowMs: () => number): TransferRate {
  const samples: { readonly at: number; readonly bytes: number }[] = [];
  return {
    describe(receivedBytes, totalBytes) {
      const at = nowMs();
      const last = samples.at(-1);
      // Fewer bytes than before: another attempt has begun.
      if (last !== undefined && receivedBytes < last.bytes) samples.length = 0;
      samples.push({ at, bytes: receivedBytes });
      while (samples.length > 2 && at - (samples[1]?.at ?? at) >= windowMs) samples.shift();
      const first = samples[0] ?? { at, bytes: receivedBytes };
      const elapsed = at - first.at;
      const bytesPerMs = elapsed < leastMs ? 0 : (receivedBytes - first.bytes) / elapsed;
      const parts = [
        totalBytes === undefined
          ? formatBytes(receivedBytes)
          : `${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`,
      ];
      if (bytesPerMs > 0) {
        parts.push(`${formatBytes(bytesPerMs * 1000)}/s`);
        const left = totalBytes === undefined ? 0 : (totalBytes - receivedBytes) / bytesPerMs;
        if (left > 0) parts.push(`${formatDuration(left < 1000 ? 1000 : left)} left`);
      }
      return parts.join(", ");
    },
  };
}
