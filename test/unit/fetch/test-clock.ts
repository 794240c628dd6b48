import type { Clock } from "../../../src/host/ports.ts";

/** A clock that stands still until the test, or somebody who sleeps, moves it. */
export interface TestClock extends Clock {
  /** Milliseconds of each sleep so far; each is over at once, and moves the clock. */
  readonly sleeps: readonly number[];
  /** Calls what is due on the way, in its order. */
  move(milliseconds: number): void;
}

export function createTestClock(): TestClock {
  const sleeps: number[] = [];
  const timers = new Set<{ readonly at: number; readonly act: () => void }>();
  let now = 0;
  const move = (milliseconds: number): void => {
    const until = now + milliseconds;
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers.delete(next);
      now = Math.max(now, next.at);
      next.act();
    }
    now = until;
  };
  return {
    sleeps,
    move,
    now: () => new Date(Date.UTC(2026, 0, 1) + now),
    monotonicMs: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      sleeps.push(milliseconds);
      move(milliseconds);
      signal?.throwIfAborted();
    },
    after(milliseconds, act) {
      const timer = { at: now + milliseconds, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
}
