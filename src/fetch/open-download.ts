import { setTimeout as sleep } from "node:timers/promises";
import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { createAttemptLog, DownloadFailure, type AttemptLog } from "./attempt-log.ts";
import { boundWholeMs, type DownloadLimits } from "./download-limits.ts";
import type { BodyRequest, HttpBody } from "./http-client.ts";
import { judgeResumption } from "./judge-resumption.ts";
import type { PartialStore } from "./partial-store.ts";
import { decideResumeMs, decideRetryMs, RefusedRequest } from "./retry-delay.ts";
import { readSplit } from "./read-split.ts";
import { guardRate } from "./slow-guard.ts";

const usualJudgeMs = 1_500;

export interface DownloadRequest {
  /** Asks the source for the archive, or the part of it that is named; redirects are followed each time anew. */
  readonly open: (request: BodyRequest) => Promise<HttpBody>;
  /** The archive's file name. */
  readonly name: string;
  readonly sha256: string | undefined;
  /** Bytes, where a trust root states them. */
  readonly size: number | undefined;
  readonly limits: DownloadLimits;
  /** Undefined: nothing is kept, and nothing that was kept is used. */
  readonly store: PartialStore | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A line for people: a connection was cut, and what is done about it. */
  readonly onNotice: (text: string) => void;
  /** Milliseconds of waiting after which one connection is found slow; default 1,500. */
  readonly judgeAfterMs?: number | undefined;
  /** True for a failure that no further attempt is to follow. */
  readonly isFinal?: ((failure: RequestFailure) => boolean) | undefined;
}

/** An archive that is coming in, however many connections that takes. */
export interface Download {
  /**
   * The archive's bytes in order, once. Throws DownloadFailure where no attempt brought the rest, or the signal's reason.
   * Only a digest tells whether they are the right ones: pieces may be of several connections.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes of the whole, where known. */
  readonly total: number | undefined;
  /** After redirects, without user and password. */
  readonly finalUrl: string;
  /** Bytes at the start that an earlier run, or another source, had brought. */
  readonly reusedBytes: number;
}

interface State {
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

interface Piece {
  readonly answer: HttpBody;
  /** Bytes at its start that are there already. */
  readonly skip: number;
}

/** @throws DownloadFailure where the source does not answer with an archive; ProvisionError from `open` */
export async function openDownload(request: DownloadRequest): Promise<Download> {
  const state: State = {
    log: createAttemptLog(),
    received: 0,
    total: request.size,
    validator: undefined,
    hasBegun: false,
    isRangeTrusted: true,
    maySplit: true,
    isEndStated: false,
  };
  const kept = findKept(request, state);
  if (kept !== undefined && kept.size === state.total) {
    return { body: readKept(request, kept.size), total: kept.size, finalUrl: kept.url, reusedBytes: kept.size };
  }
  const deadline = createDeadline(request, state);
  const first = await openNext(request, state, deadline.signal).catch((error: unknown) => {
    deadline.clear();
    throw error;
  });
  const reusedBytes = state.received;
  const finalUrl = first?.answer.finalUrl ?? kept?.url ?? "";
  deadline.start(finalUrl);
  return {
    body: readAll(request, state, { first, reusedBytes, deadline }),
    total: state.total,
    finalUrl,
    reusedBytes,
  };
}

/** What was kept of this very archive, told by its digest or, where none is known, by its name and validator. */
function findKept(request: DownloadRequest, state: State): { size: number; url: string } | undefined {
  const found = request.store?.find();
  if (found === undefined) return undefined;
  const { identity, size } = found;
  const isDigestKnown = request.sha256 !== undefined;
  const isSame =
    identity.name === request.name &&
    (isDigestKnown ? identity.sha256 === request.sha256 : identity.sha256 === null && identity.validator !== null);
  if (!isSame) return undefined;
  state.total ??= identity.total ?? undefined;
  if (!isDigestKnown) state.validator = identity.validator ?? undefined;
  // Without a digest the server has to confirm that it still is the same file, which takes a byte to ask for.
  const most = state.total === undefined ? size : Math.min(size, isDigestKnown ? state.total : state.total - 1);
  if (most <= 0) return undefined;
  state.received = most;
  return { size: most, url: identity.url };
}

async function* readKept({ store }: DownloadRequest, size: number): AsyncGenerator<Uint8Array> {
  if (store === undefined) return;
  try {
    yield* store.read(size);
  } catch (cause) {
    store.remove();
    throw new RequestFailure("interrupted", "", "what an earlier run had fetched cannot be read", { cause });
  }
}

interface Reading {
  readonly first: Piece | undefined;
  readonly reusedBytes: number;
  readonly deadline: Deadline;
}

async function* readAll(request: DownloadRequest, state: State, reading: Reading): AsyncGenerator<Uint8Array> {
  const { store, name } = request;
  const { deadline, reusedBytes } = reading;
  let piece = reading.first;
  try {
    if (reusedBytes > 0) yield* readKept(request, reusedBytes);
    if (piece !== undefined) {
      store?.begin(
        {
          name,
          url: redactUrl(piece.answer.finalUrl),
          sha256: request.sha256 ?? null,
          total: state.total ?? null,
          validator: state.validator ?? null,
        },
        reusedBytes,
      );
    }
    while (piece !== undefined) {
      const before = state.received;
      try {
        const { answer } = piece;
        let { skip } = piece;
        for await (const chunk of readAnswer(request, state, { piece, signal: deadline.signal })) {
          const start = Math.min(skip, chunk.length);
          skip -= start;
          const bytes = chunk.subarray(start, start + (state.total ?? Infinity) - state.received);
          if (bytes.length === 0) continue;
          if (state.received === 0) checkNoPage(bytes, answer.finalUrl);
          state.received += bytes.length;
          store?.append(bytes);
          yield bytes;
          if (state.received === state.total) return;
        }
        if (state.total === undefined) return;
        state.isEndStated = true;
        throw new RequestFailure(
          "interrupted",
          redactUrl(answer.finalUrl),
          `it ended after ${state.received} of ${state.total} bytes`,
        );
      } catch (error) {
        await settleFailure(request, state, deadline.signal, { error, bytes: state.received - before });
      }
      piece = await openNext(request, state, deadline.signal);
    }
  } finally {
    deadline.clear();
    store?.close();
  }
}

/** An answer's body; where it is slow and may be had in pieces, by several connections. */
function readAnswer(
  request: DownloadRequest,
  state: State,
  { piece, signal }: { readonly piece: Piece; readonly signal: AbortSignal },
): AsyncIterable<Uint8Array> {
  const { answer, skip } = piece;
  const { stallMs } = request.limits;
  const { total, validator } = state;
  const isDigestKnown = request.sha256 !== undefined;
  const guarded = guardRate(answer.body, answer.finalUrl, stallMs);
  const isJoinable = isDigestKnown || validator !== undefined;
  const maySplit = state.maySplit && state.isRangeTrusted && answer.isRangeable && isJoinable && skip === 0;
  if (total === undefined || !maySplit) return guarded;
  const split = readSplit({
    received: () => state.received,
    total,
    current: guarded,
    judgeAfterMs: request.judgeAfterMs ?? usualJudgeMs,
    async openRange(first, last, stop) {
      const part = await request.open({
        ...bodyBounds(request, AbortSignal.any([signal, stop])),
        offset: first,
        last,
        ifRange: validator,
      });
      const judged = judgeResumption(part, { received: first, announced: total, validator, isDigestKnown });
      const isAsked = part.range?.last === last && !("refusal" in judged);
      if (isAsked) return part.body;
      part.close();
      throw new RefusedAnswer(
        "content",
        redactUrl(part.finalUrl),
        "it answers something else than the range asked for",
      );
    },
    onFallback(failure) {
      state.maySplit = false;
      request.onNotice(`${request.name}: going on with one connection: ${failure.message}`);
    },
  });
  return guardRate(split, answer.finalUrl, stallMs);
}

/** What every request of a download has. */
function bodyBounds({ limits }: DownloadRequest, signal: AbortSignal): BodyRequest {
  const { stallMs: stallTimeoutMs, connectMs: connectTimeoutMs } = limits;
  return { signal, retries: 0, expectedContent: "archive", stallTimeoutMs, connectTimeoutMs };
}

/**
 * The next answer that goes on from what is there; undefined where the source says that there is no more. Failures that
 * may pass are waited for.
 */
async function openNext(request: DownloadRequest, state: State, signal: AbortSignal): Promise<Piece | undefined> {
  for (;;) {
    try {
      const offset = state.isRangeTrusted ? state.received : 0;
      const answer = await request.open({ ...bodyBounds(request, signal), offset, ifRange: state.validator });
      if (!state.hasBegun && answer.status === 200) forgetKept(request, state);
      const { received, total: announced, validator } = state;
      const isDigestKnown = request.sha256 !== undefined;
      const judged = judgeResumption(answer, { received, announced, validator, isDigestKnown });
      if ("refusal" in judged) {
        answer.close();
        throw new RefusedAnswer("content", redactUrl(answer.finalUrl), judged.refusal);
      }
      if (!state.hasBegun) {
        state.hasBegun = true;
        state.validator = answer.validator;
        state.total ??= answer.range?.total ?? (answer.status === 200 ? answer.contentLength : undefined);
      }
      return { answer, skip: judged.skip };
    } catch (error) {
      const isBeyond = error instanceof RefusedRequest && error.status === 416;
      if (isBeyond && error.completeLength === state.received && state.hasBegun) return undefined;
      if (isBeyond || error instanceof RefusedAnswer) {
        // Asked again, it says the same: it is another file, and the digest is to tell so.
        if (state.isEndStated && !state.isRangeTrusted) return undefined;
        if (isBeyond && state.isEndStated) return undefined;
      }
      await settleFailure(request, state, signal, { error, bytes: 0 });
      if (isBeyond || error instanceof RefusedAnswer) {
        state.isRangeTrusted = false;
        if (!state.hasBegun) forgetKept(request, state);
      }
    }
  }
}

/** What is answered does not go on from what is there. */
class RefusedAnswer extends RequestFailure {}

/** The first answer does not go on from what was kept: everything is fetched anew. */
function forgetKept(request: DownloadRequest, state: State): void {
  if (state.received === 0) return;
  request.store?.remove();
  state.received = 0;
  state.validator = undefined;
  state.total = request.size;
}

/** Waits until another attempt may be made. @throws DownloadFailure where none is to be made */
async function settleFailure(
  request: DownloadRequest,
  state: State,
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

function decideDelayMs(error: RequestFailure, state: State, fruitless: number): number | undefined {
  // Once: the whole is asked for in its place.
  const isOtherRange =
    error instanceof RefusedAnswer || (error instanceof RefusedRequest && error.status === 416 && state.received > 0);
  if (isOtherRange) return state.isRangeTrusted ? 0 : undefined;
  return state.hasBegun ? decideResumeMs(error, fruitless) : decideRetryMs(error, fruitless);
}

function toFailure(reason: unknown, otherwise: RequestFailure): RequestFailure {
  return reason instanceof RequestFailure ? reason : otherwise;
}

interface Deadline {
  /** Aborted by the caller's signal, or with a RequestFailure once the time for the whole is over. */
  readonly signal: AbortSignal;
  start(url: string): void;
  clear(): void;
}

function createDeadline(request: DownloadRequest, state: State): Deadline {
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

/** A portal may send its page under any name. */
function checkNoPage(start: Uint8Array, url: string): void {
  if (!/^\s*<(?:!doctype|html|head|\?xml)/i.test(Buffer.from(start.subarray(0, 64)).toString("latin1"))) return;
  throw new RequestFailure(
    "content",
    redactUrl(url),
    "a web page came in place of an archive: a captive portal or a proxy answers in its place",
  );
}
