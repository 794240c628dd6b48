import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";

/** One bound on the time of something that takes several steps: connections, redirects, waits. */
export interface Deadline {
  /** Aborted by the caller's signal, or with {@link failure} once the time is over. */
  readonly signal: AbortSignal;
  /** A `timeout`; undefined while there is time left. */
  readonly failure: RequestFailure | undefined;
  /** The time runs from here on. */
  start(boundMs: number, url: string, message: string): void;
  clear(): void;
}

export function createDeadline(clock: Clock, outer: AbortSignal | undefined): Deadline {
  const own = new AbortController();
  let failure: RequestFailure | undefined;
  let cancel = (): void => undefined;
  return {
    signal: outer === undefined ? own.signal : AbortSignal.any([own.signal, outer]),
    get failure() {
      return failure;
    },
    start(boundMs, url, message) {
      cancel = clock.after(boundMs, () => {
        failure = new RequestFailure("timeout", redactUrl(url), message);
        own.abort(failure);
      });
    },
    clear: () => cancel(),
  };
}
