import { setTimeout as sleep } from "node:timers/promises";
import { RequestFailure } from "../../errors/request-failure.ts";
import { DownloadFailure } from "./attempt-log.ts";
import type { DownloadRequest } from "./download-request.ts";
import type { DownloadState } from "./download-state.ts";
import { RefusedAnswer } from "./judge-resumption.ts";
import { decideResumeMs, decideRetryMs, RefusedRequest } from "../http/retry-delay.ts";

/** Waits until another attempt may be made. @throws DownloadFailure where none is to be made */
export async function settleFailure(
  request: DownloadRequest,
  state: DownloadState,
  signal: AbortSignal,
  { error, bytes }: { readonly error: unknown; readonly bytes: number },
): Promise<void> {
  request.signal?.throwIfAborted();
  if (!(error instanceof RequestFailure)) throw error;
  state.log.add(error, bytes);
  // Whatever it was that failed, one connection is the least that can go wrong.
  state.maySplit = false;
  const { attempts, fruitless, isExhausted } = state.log;
  const isOver = isExhausted || signal.aborted || request.isFinal?.(error) === true;
  const delayMs = isOver ? undefined : decideDelayMs(error, state, fruitless);
  if (delayMs === undefined) throw new DownloadFailure(error, attempts);
  request.onNotice(
    `${request.name}: ${error.message}; trying again${state.received > 0 ? ` from byte ${state.received}` : ""}`,
  );
  try {
    await sleep(delayMs, undefined, { signal });
  } catch {
    request.signal?.throwIfAborted();
    throw new DownloadFailure(toFailure(signal.reason, error), attempts);
  }
}

function decideDelayMs(error: RequestFailure, state: DownloadState, fruitless: number): number | undefined {
  // Once: the whole is asked for in its place.
  const isOtherRange =
    error instanceof RefusedAnswer || (error instanceof RefusedRequest && error.status === 416 && state.received > 0);
  if (isOtherRange) return state.isRangeTrusted ? 0 : undefined;
  return state.hasBegun ? decideResumeMs(error, fruitless) : decideRetryMs(error, fruitless);
}

function toFailure(reason: unknown, otherwise: RequestFailure): RequestFailure {
  return reason instanceof RequestFailure ? reason : otherwise;
}
