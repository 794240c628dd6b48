import { RequestFailure } from "../errors/request-failure.ts";

/** Connections at once, the first one included. */
const mostConnections = 4;
/** Pieces that are fetched or wait to be read: with the size of a piece, the bound on memory. */
const mostPieces = 8;
const leastPieceBytes = 512 * 1024;
const mostPieceBytes = 2 * 1024 * 1024;
/** What a piece takes at the rate that was found: long against the way there and back, which each piece costs once. */
const pieceSeconds = 4;
/** What is left has to take this long: further connections start slowly too. */
const leastSeconds = 4;
/** Bytes a second from which one connection is fast enough. */
const fastRate = 8 * 1024 * 1024;

export interface SplitRequest {
  /** Where the body stands; asked after each chunk that was taken. */
  readonly received: () => number;
  readonly total: number;
  /** The connection that is there, at `received`. */
  readonly current: AsyncIterator<Uint8Array, unknown>;
  /** The bytes of one range; throws RequestFailure where the server answers anything else. */
  readonly openRange: (first: number, last: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** The server does not like it, or a connection was cut: what one connection can do is done by one. */
  readonly onFallback: (failure: RequestFailure) => void;
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

async function* readPieces(request: SplitRequest, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const { current, total } = request;
  const stop = new AbortController();
  const waiting: Piece[] = [];
  const state = { next: request.received() + pieceBytes, failure: undefined as unknown, room: createSignal() };

  const takePiece = (): Piece | undefined => {
    if (waiting.length >= mostPieces) return undefined;
    const piece = createPiece(state.next, Math.min(state.next + pieceBytes, total) - 1);
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

interface Piece {
  readonly first: number;
  readonly last: number;
  push(chunk: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  read(): AsyncGenerator<Uint8Array>;
}

function createPiece(first: number, last: number): Piece {
  const chunks: Uint8Array[] = [];
  const changed = createSignal();
  let isEnded = false;
  let failure: { readonly error: unknown } | undefined;
  return {
    first,
    last,
    push(chunk) {
      chunks.push(chunk);
      changed.wake();
    },
    end() {
      isEnded = true;
      changed.wake();
    },
    fail(error) {
      failure = { error };
      changed.wake();
    },
    async *read() {
      for (;;) {
        for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
        if (failure !== undefined) throw failure.error;
        if (isEnded) return;
        await changed.wait();
      }
    },
  };
}

/** Wakes all who wait; one that is woken before anybody waits is not lost, since each looks before it waits. */
function createSignal(): { wait(): Promise<void>; wake(): void } {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    wait: () => promise,
    wake() {
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
  };
}
