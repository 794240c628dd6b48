import { ProvisionError } from "../errors/provision-error.ts";
import { describeFailure, RequestFailure } from "../errors/request-failure.ts";
import type { LogAnswer } from "./sumdb/log-answer.ts";
import { lookUpNearest, type LogContext } from "./prove-by-log.ts";

/**
 * What the checksum database says of a release, or why it says nothing. What it says is verified.
 *
 * @throws ProvisionError `log-forked`, and of logFailure; the reason of `stop`
 */
export async function askLog(context: LogContext): Promise<LogAnswer> {
  try {
    return await lookUpNearest(context);
  } catch (cause) {
    // Only what the log does say can be wrong: no way to it, and a setting that forbids it, are answers.
    if (cause instanceof RequestFailure) {
      const isAbsent = cause.kind === "absent";
      const why = isAbsent
        ? `it has no record of this release (${cause.url})`
        : `it cannot be asked: ${describeFailure(cause)}`;
      return { why, cause };
    }
    if (cause instanceof ProvisionError && cause.code === "checksum-unknown") {
      return { why: `it is not asked: ${context.logRefusal ?? cause.message}`, cause };
    }
    throw cause;
  }
}

/** For `stop`, where no more than this is to be waited. */
export function stopAfter(milliseconds: number, stop: AbortSignal): { readonly signal: AbortSignal; clear(): void } {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(noAnswer(`within ${milliseconds / 1000} s`)), milliseconds);
  return { signal: AbortSignal.any([own.signal, stop]), clear: () => clearTimeout(timer) };
}

/** As the reason of an aborted signal it counts as any other failure to get an answer. */
function noAnswer(when: string): RequestFailure {
  return new RequestFailure("timeout", "sum.golang.org", `no answer ${when}`);
}
