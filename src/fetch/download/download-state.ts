import { createAttemptLog, type AttemptLog } from "./attempt-log.ts";
import type { DownloadRequest } from "./download-request.ts";

/** Where a download stands, over all its connections. */
export interface DownloadState {
  readonly log: AttemptLog;
  received: number;
  /** Undefined where neither a trust root nor the server says. */
  total: number | undefined;
  validator: string | undefined;
  /** Whether an answer was ever accepted: from then on the source is known to be there. */
  hasBegun: boolean;
  /** False once a range was answered with something else: then the whole is asked for, and its start left out. */
  isRangeTrusted: boolean;
  /** False once several connections at once did not go well. */
  maySplit: boolean;
  /** Whether a body ended in good order, though short of what a trust root states. */
  isEndStated: boolean;
}

export function createDownloadState({ size }: DownloadRequest): DownloadState {
  return {
    log: createAttemptLog(),
    received: 0,
    total: size,
    validator: undefined,
    hasBegun: false,
    isRangeTrusted: true,
    maySplit: true,
    isEndStated: false,
  };
}
