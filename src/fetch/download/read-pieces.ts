import { RequestFailure } from "../../errors/request-failure.ts";
import { createRangePiece, type RangePiece } from "./range-piece.ts";
import { createWakeSignal } from "./wake-signal.ts";

/** Connections at once, the first one included. */
export const mostConnections = 4;
/** Pieces that are fetched or wait to be read: with the size of a piece, the bound on memory. */
const mostPieces = 8;

export interface PiecesRequest {
  /** Where the body stands; asked after each chunk that was taken. */
  readonly received: () => number;
  readonly total: number;
  /** The connection that is there, at `received`. */
  readonly current: AsyncIterator<Uint8Array, unknown>;
  /** The bytes of one range; throws RequestFailure where the server answers anything else. */
  readonly openRange: (first: number, last: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** The server does not like it, or a connection was cut: what one connection can do is done by one. */
  readonly onFallback: (failure: RequestFailure) => void;
}

/**
 * Reads the rest of a body in pieces of that size, by several connections: the one that is there brings the first piece
 * and is closed then, unless another has failed by that time. Bytes come in order. Throws what a piece's connection
 * failed with, after all bytes before it.
 */
export async function* readPieces(request: PiecesRequest, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const { current, total } = request;
  const stop = new AbortController();
  const waiting: RangePiece[] = [];
  const state = { next: request.received() + pieceBytes, failure: undefined as unknown, room: createWakeSignal() };

  const takePiece = (): RangePiece | undefined => {
    if (waiting.length >= mostPieces) return undefined;
    const piece = createRangePiece(state.next, Math.min(state.next + pieceBytes, total) - 1);
    state.next = piece.last + 1;
    waiting.push(piece);
    return piece;
  };
  const work = async (): Promise<void> => {
    while (state.next < total && state.failure === undefined && !stop.signal.aborted) {
      const piece = takePiece();
      if (piece === undefined) {
        await state.room.wait();
        continue;
      }
      try {
        for await (const chunk of await request.openRange(piece.first, piece.last, stop.signal)) piece.push(chunk);
        piece.end();
      } catch (error) {
        state.failure ??= error;
        piece.fail(error);
      }
    }
  };

  let isTold = false;
  const hasFallenBack = (): boolean => {
    if (state.failure instanceof RequestFailure && !isTold) request.onFallback(state.failure);
    isTold ||= state.failure !== undefined;
    return isTold;
  };

  const workers = Array.from({ length: mostConnections - 1 }, work);
  try {
    const isWhole = yield* readFirstPiece(current, pieceBytes, hasFallenBack);
    if (isWhole) return;
    await current.return?.();
    workers.push(work());
    for (let piece = waiting[0]; piece !== undefined; piece = waiting[0]) {
      yield* piece.read();
      waiting.shift();
      state.room.wake();
      // The workers take the next pieces when they are woken.
      if (waiting.length === 0 && state.next < total) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    stop.abort();
    state.room.wake();
    await Promise.allSettled(workers);
  }
}

/** True where the connection was read to its end after all, since the others had failed by then. */
async function* readFirstPiece(
  current: AsyncIterator<Uint8Array, unknown>,
  pieceBytes: number,
  hasFallenBack: () => boolean,
): AsyncGenerator<Uint8Array, boolean> {
  let left = pieceBytes;
  for (;;) {
    const { value, done } = await current.next();
    if (done === true) return true;
    if (value.length >= left && !hasFallenBack()) {
      yield value.subarray(0, left);
      return false;
    }
    left = hasFallenBack() ? Infinity : left - value.length;
    yield value;
  }
}
