import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";
import type { HttpBody } from "../http/http-answer.ts";
import { type CutBody, judgeResumption, RefusedAnswer } from "./resumption.ts";

/** Connections at once, the first one included. */
const maxConnections = 4;
/** Pieces that are fetched or wait to be read: with the size of a piece, the bound on memory. */
const maxPieces = 8;
const minPieceBytes = 512 * 1024;
const maxPieceBytes = 2 * 1024 * 1024;
/** What a piece takes at the rate that was measured: long compared with the round trip that each piece costs. */
const pieceSeconds = 4;
/** What is left has to take this long: further connections start slowly too. */
const minSeconds = 4;
/** Bytes a second from which one connection is fast enough. */
const fastRate = 8 * 1024 * 1024;
/** Milliseconds of waiting after which a connection's rate is judged. */
const judgeAfterMs = 1_500;

interface ByteRange {
  readonly offset: number;
  readonly last: number;
}

interface SplitRequest {
  /** The connection that is there. */
  readonly current: AsyncGenerator<Uint8Array>;
  /** What it continues. */
  readonly from: CutBody & { readonly total: number };
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Asks for a range by a further connection, until it is stopped. */
  readonly ask: (range: ByteRange, stop: AbortSignal) => Promise<HttpBody>;
  /** A further connection has failed while the first one was needed: that one continues alone. */
  readonly onFallback: (failure: RequestFailure) => void;
}

/**
 * Reads a body from its one connection, and from up to four where that one turns out to be slow: over a long distance
 * with losses, or behind a limit for each connection, four bring four times as much.
 *
 * Bytes come in order. Throws what a piece's connection failed with, after all bytes before it.
 */
export async function* readSplit(request: SplitRequest): AsyncGenerator<Uint8Array> {
  const { current, from, clock } = request;
  let waitedMs = 0;
  let at = from.received;
  try {
    while (waitedMs < judgeAfterMs) {
      const since = clock.monotonicMs();
      const { value, done } = await current.next();
      if (done === true) return;
      // Only what was waited for: a reader that is busy makes no connection slow.
      waitedMs += clock.monotonicMs() - since;
      at += value.length;
      yield value;
    }
    const pieceBytes = choosePieceBytes(((at - from.received) / waitedMs) * 1000, from.total - at);
    yield* pieceBytes === undefined ? current : readPieces(request, at, pieceBytes);
  } finally {
    await current.return(undefined);
  }
}

/** For a connection of this rate, in bytes a second; undefined where it does as well alone. */
export function choosePieceBytes(rate: number, leftBytes: number): number | undefined {
  const wanted = Math.round(Math.min(rate * pieceSeconds, leftBytes / (2 * maxConnections)));
  const pieceBytes = Math.min(maxPieceBytes, Math.max(minPieceBytes, wanted));
  const isSlow = rate < fastRate && leftBytes >= 2 * pieceBytes && leftBytes / rate >= minSeconds;
  return isSlow ? pieceBytes : undefined;
}

/** The bytes of one range, as one connection brings them. */
interface Piece {
  readonly chunks: Uint8Array[];
  isWhole: boolean;
  failure: { readonly error: unknown } | undefined;
}

/**
 * The rest of a body from `at` on, by several connections. The one that is there brings the first piece and is closed
 * then, unless another one has failed by that time: what one connection can do is done by one.
 */
async function* readPieces(request: SplitRequest, at: number, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const { current, onFallback } = request;
  const { total } = request.from;
  const stop = new AbortController();
  const pieces: Piece[] = [];
  const changed = createWakeSignal();
  let next = at + pieceBytes;
  const findFailure = (): Piece["failure"] => pieces.find(({ failure }) => failure !== undefined)?.failure;

  const fetchPieces = async (): Promise<void> => {
    while (next < total && findFailure() === undefined && !stop.signal.aborted) {
      if (pieces.length >= maxPieces) {
        await changed.wait();
        continue;
      }
      const range = { offset: next, last: Math.min(next + pieceBytes, total) - 1 };
      const piece: Piece = { chunks: [], isWhole: false, failure: undefined };
      next = range.last + 1;
      pieces.push(piece);
      try {
        for await (const chunk of readRange(request, range, stop.signal)) {
          piece.chunks.push(chunk);
          changed.wake();
        }
        piece.isWhole = true;
      } catch (error) {
        piece.failure = { error };
      }
      changed.wake();
    }
  };

  const workers = Array.from({ length: maxConnections - 1 }, fetchPieces);
  try {
    let isAlone = false;
    for (let left = pieceBytes; left > 0;) {
      const { value, done } = await current.next();
      if (done === true) return;
      const failure: Piece["failure"] = isAlone ? undefined : findFailure();
      if (failure?.error instanceof RequestFailure) onFallback(failure.error);
      isAlone ||= failure !== undefined;
      const bytes = isAlone ? value : value.subarray(0, left);
      if (!isAlone) left -= bytes.length;
      yield bytes;
    }
    await current.return(undefined);
    workers.push(fetchPieces());
    for (let piece = pieces[0]; piece !== undefined; piece = pieces[0]) {
      const chunk = piece.chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (piece.failure !== undefined) throw piece.failure.error;
      else if (!piece.isWhole) await changed.wait();
      else {
        pieces.shift();
        changed.wake();
      }
    }
  } finally {
    stop.abort();
    changed.wake();
    await Promise.allSettled(workers);
  }
}

/**
 * One range, held to as many bytes as were asked for: without a Content-Length nothing else shows that it ended early,
 * and what follows it would come to stand in a wrong place. What is more than that is left out, unread.
 *
 * @throws RequestFailure `interrupted` where it ends before; RefusedAnswer where something else is answered
 */
async function* readRange(
  { ask, from }: SplitRequest,
  range: ByteRange,
  stop: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const answer = await ask(range, stop);
  const { body, finalUrl } = answer;
  const judged = judgeResumption(answer, { ...from, received: range.offset });
  if (answer.range?.last !== range.last || "refusal" in judged) {
    answer.close();
    const message = "it answers something else than the range asked for";
    throw new RefusedAnswer("content", redactUrl(finalUrl), message);
  }
  const bytes = range.last + 1 - range.offset;
  let left = bytes;
  for await (const chunk of body) {
    if (chunk.length > left) {
      if (left > 0) yield chunk.subarray(0, left);
      return;
    }
    left -= chunk.length;
    yield chunk;
  }
  if (left === 0) return;
  throw new RequestFailure("interrupted", redactUrl(finalUrl), `${bytes - left} of ${bytes} bytes of a range came`);
}

/** Wakes all who wait; one that is woken before anybody waits is not lost, since each looks before it waits. */
function createWakeSignal(): { wait(): Promise<void>; wake(): void } {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    wait: () => promise,
    wake() {
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
  };
}
