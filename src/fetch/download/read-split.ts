import { mostConnections, readPieces, type PiecesRequest } from "./read-pieces.ts";

const leastPieceBytes = 512 * 1024;
const mostPieceBytes = 2 * 1024 * 1024;
/** What a piece takes at the rate that was found: long against the way there and back, which each piece costs once. */
const pieceSeconds = 4;
/** What is left has to take this long: further connections start slowly too. */
const leastSeconds = 4;
/** Bytes a second from which one connection is fast enough. */
const fastRate = 8 * 1024 * 1024;

interface SplitRequest extends PiecesRequest {
  /** Milliseconds of waiting after which a connection's rate is judged. */
  readonly judgeAfterMs: number;
}

/**
 * Reads a body from its one connection, and from up to four where that one turns out to be slow: on a long way with
 * losses, or behind a limit for each connection, four bring four times as much. What is read ahead is bounded by 16 MiB.
 *
 * Bytes come in order. Throws what a piece's connection failed with, after all bytes before it.
 */
export async function* readSplit(request: SplitRequest): AsyncGenerator<Uint8Array> {
  const { current } = request;
  let waitedMs = 0;
  let bytes = 0;
  try {
    while (waitedMs < request.judgeAfterMs) {
      const since = performance.now();
      const { value, done } = await current.next();
      if (done === true) return;
      // Only what was waited for: a reader that is busy makes no connection slow.
      waitedMs += performance.now() - since;
      bytes += value.length;
      yield value;
    }
    const rate = (bytes / waitedMs) * 1000;
    const left = request.total - request.received();
    const wanted = Math.round(Math.min(rate * pieceSeconds, left / (2 * mostConnections)));
    const pieceBytes = Math.min(mostPieceBytes, Math.max(leastPieceBytes, wanted));
    if (rate >= fastRate || left < 2 * pieceBytes || left / rate < leastSeconds) {
      yield* readRest(current);
      return;
    }
    yield* readPieces(request, pieceBytes);
  } finally {
    await current.return?.();
  }
}

async function* readRest(current: AsyncIterator<Uint8Array, unknown>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { value, done } = await current.next();
    if (done === true) return;
    yield value;
  }
}
