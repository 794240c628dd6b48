import { createWakeSignal } from "./wake-signal.ts";

/** The bytes of one range: one connection brings them while one reader takes them, each as fast as it can. */
export interface RangePiece {
  readonly first: number;
  readonly last: number;
  push(chunk: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  read(): AsyncGenerator<Uint8Array>;
}

export function createRangePiece(first: number, last: number): RangePiece {
  const chunks: Uint8Array[] = [];
  const changed = createWakeSignal();
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
