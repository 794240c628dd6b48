import type { Clock } from "../ports.ts";
import type { LookUse } from "./tree-bounds.ts";

/** What one run of `doctor` may look at, whatever lies on the host. */
export interface RunBounds extends LookUse {
  readonly milliseconds: number;
}

/**
 * A release is about 16,700 files and directories and 230 MB; a host may well have ten, which are 167,000 and 2.3 GB and
 * take 8 s from memory, 25 s from a disk of 100 MB/s. The rest is room for trees that have been used.
 */
export const runBounds: RunBounds = { entries: 400_000, bytes: 4 * 1024 ** 3, milliseconds: 60_000 };

/** The bound of the run that is used up. */
export type SpentBound = "time" | "entries" | "bytes";

/** What is left of a run's bounds. */
export interface LookBudget {
  readonly bounds: RunBounds;
  /** Milliseconds; 0 when they are over. */
  leftMs(): number;
  /** What may still be looked at, and of it at most `most`. */
  allow(most: LookUse): LookUse;
  use(used: LookUse): void;
  /** Undefined while there is something left of everything. */
  spent(): SpentBound | undefined;
}

/** The time runs from now on. */
export function openLookBudget(clock: Pick<Clock, "monotonicMs">, bounds: RunBounds = runBounds): LookBudget {
  const end = clock.monotonicMs() + bounds.milliseconds;
  const left = { entries: bounds.entries, bytes: bounds.bytes };
  const leftMs = (): number => Math.max(0, Math.ceil(end - clock.monotonicMs()));
  return {
    bounds,
    leftMs,
    allow: (most) => ({ entries: Math.min(left.entries, most.entries), bytes: Math.min(left.bytes, most.bytes) }),
    use(used) {
      left.entries = Math.max(0, left.entries - used.entries);
      left.bytes = Math.max(0, left.bytes - used.bytes);
    },
    spent() {
      if (leftMs() === 0) return "time";
      if (left.entries === 0) return "entries";
      return left.bytes === 0 ? "bytes" : undefined;
    },
  };
}
