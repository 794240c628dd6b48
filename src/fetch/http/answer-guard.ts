/** Ends a request whose answer does not begin in time. */
interface AnswerGuard {
  /** Aborted when the time is over, and by the caller's signal. */
  readonly signal: AbortSignal;
  /** Rejects when the signal is aborted. */
  readonly ended: Promise<never>;
  /** Whether it was the time that was over. */
  isOver(): boolean;
  clear(): void;
}

/** One timer over everything until the headers are there; undici's own are for single phases, and coarse. */
export function createAnswerGuard(boundMs: number, outer: AbortSignal | undefined): AnswerGuard {
  const own = new AbortController();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    own.abort();
  }, boundMs);
  const signal = outer === undefined ? own.signal : AbortSignal.any([own.signal, outer]);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  ended.catch(() => undefined);
  return {
    signal,
    ended,
    isOver: () => isOver,
    clear: () => clearTimeout(timer),
  };
}
