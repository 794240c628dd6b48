import { RequestFailure, type RequestFailureKind } from "../errors/request-failure.ts";
import { isCutConnection } from "./classify-failure.ts";

const mostRetryAfterMs = 10_000;

/** A whole answer with another status than the one asked for. */
export class RefusedRequest extends RequestFailure {
  /** The header Retry-After as it came. */
  readonly retryAfter: string | undefined;

  constructor(kind: RequestFailureKind, url: string, message: string, status: number, retryAfter: string | undefined) {
    super(kind, url, message, { status });
    this.retryAfter = retryAfter;
  }
}

/**
 * Milliseconds to wait before the next attempt, or undefined where another one is of no use. What timed out has had its
 * time; a name that does not resolve will not do so in a second.
 *
 * @param attempt 0 for the first failure
 */
export function decideRetryMs(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof RequestFailure)) return undefined;
  const isBusy = error.kind === "status" && (error.status === 429 || (error.status ?? 0) >= 500);
  if (!isBusy && !(error.kind === "unreachable" && isCutConnection(error))) return undefined;
  // Jitter: many hosts of a fleet fail at the same instant.
  const backoffMs = 200 * 2 ** attempt * (0.5 + Math.random());
  const askedMs = error instanceof RefusedRequest ? readRetryAfter(error.retryAfter) : undefined;
  return Math.min(Math.max(askedMs ?? 0, backoffMs), mostRetryAfterMs);
}

/** Seconds, or an HTTP date. */
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : until - Date.now();
}
