import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { boundWholeMs } from "./download-limits.ts";
import type { DownloadRequest } from "./download-request.ts";
import type { DownloadState } from "./download-state.ts";

/** The bound on a download as a whole, over all its connections and waits. */
export interface DownloadDeadline {
  /** Aborted by the caller's signal, or with a RequestFailure once the time for the whole is over. */
  readonly signal: AbortSignal;
  start(url: string): void;
  clear(): void;
}

export function createDownloadDeadline(request: DownloadRequest, state: DownloadState): DownloadDeadline {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: request.signal === undefined ? own.signal : AbortSignal.any([own.signal, request.signal]),
    start(url) {
      const boundMs = boundWholeMs(request.limits, state.total);
      timer = setTimeout(() => {
        const message = `not whole within ${Math.round(boundMs / 1000)} s`;
        own.abort(new RequestFailure("timeout", redactUrl(url), message));
      }, boundMs);
      timer.unref();
    },
    clear: () => clearTimeout(timer),
  };
}
