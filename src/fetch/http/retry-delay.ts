import { RequestFailure, type RequestFailureKind } from "../../errors/request-failure.ts";
import { isCutConnection } from "./classify-failure.ts";

/** Whoever asks to be left alone for longer is: the next source has its turn. */
const maxWaitMs = 30_000;

/** A whole answer with another status than the one asked for. */
export class RefusedRequest extends RequestFailure {
  /** The header Retry-After as it came. */
  readonly retryAfter: string | undefined;
  /** Bytes of the whole, where a range was refused because it lies beyond them (416). */
  readonly completeLength: number | undefined;

  constructor(
    kind: RequestFailureKind,
    url: string,
    message: string,
    head: {
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly completeLength: string | undefined;
    },
  ) {
    super(kind, url, message, { status: head.status });
    this.retryAfter = head.retryAfter;
    this.completeLength = head.completeLength === undefined ? undefined : Number(head.completeLength);
  }
}

/**
 * Milliseconds to wait before the next attempt, or undefined where another one is of no use. What timed out has had its
 * time; a name that does not resolve will not do so in a second.
 *
 * @param attempt 0 for the first failure
 */
export function decideRetryMs(error: unknown, attempt: number, now: Date): number | undefined {
  if (!(error instanceof RequestFailure)) return undefined;
  if (!isBusy(error) && !(error.kind === "unreachable" && isCutConnection(error))) return undefined;
  return waitMs(error, attempt, now);
}

/**
 * The same for a body of which some bytes have come: the server was there, so its failures may pass, except a refusal.
 *
 * @param attempt 0 for the first failure since there was progress
 */
export function decideResumeMs(error: RequestFailure, attempt: number, now: Date): number | undefined {
  const mayPass = error.kind === "unreachable" || error.kind === "timeout" || error.kind === "interrupted";
  return mayPass || isBusy(error) ? waitMs(error, attempt, now) : undefined;
}

/** Request Timeout, Too Early, Too Many Requests, and whatever the server blames itself for. */
function isBusy({ kind, status = 0 }: RequestFailure): boolean {
  return kind === "status" && (status === 408 || status === 425 || status === 429 || status >= 500);
}

function waitMs(error: RequestFailure, attempt: number, now: Date): number | undefined {
  // Jitter: many hosts of a fleet fail at the same instant.
  const backoffMs = 200 * 2 ** attempt * (0.5 + Math.random());
  const askedMs = error instanceof RefusedRequest ? readRetryAfter(error.retryAfter, now) : undefined;
  if (askedMs !== undefined && askedMs > maxWaitMs) return undefined;
  return Math.min(Math.max(askedMs ?? 0, backoffMs), maxWaitMs);
}

/** Seconds, or an HTTP date. */
function readRetryAfter(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : until - now.getTime();
}
