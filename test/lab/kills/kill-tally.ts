import type { Replay } from "./kill-replay.ts";

/** One thing that goes wrong in one run, and what comes of it. */
export interface Trial {
  readonly name: string;
  readonly play: () => Promise<Replay>;
}

export interface Tally {
  /** Trials that came to their point. */
  readonly points: number;
  readonly missed: number;
  readonly broken: readonly string[];
  readonly secondsEach: number;
}

export interface TallyOptions {
  /** How many trials at a time. Default 2. */
  readonly lanes?: number;
  readonly onBroken?: (line: string) => void;
  readonly onMissed?: (line: string) => void;
  readonly onProgress?: (done: number, all: number) => void;
}

/** Plays all trials of one kind. */
export async function makeTally(
  what: string,
  trials: readonly Trial[],
  { lanes = 2, onBroken, onMissed, onProgress }: TallyOptions,
): Promise<Tally> {
  const broken: string[] = [];
  let missed = 0;
  let done = 0;
  const startedAt = performance.now();
  const queue = trials.values();
  const lane = async (): Promise<void> => {
    for (const { name, play } of queue) {
      const { outcome, why } = await play();
      done += 1;
      if (outcome === "missed") {
        missed += 1;
        onMissed?.(`${what}, ${name}`);
      }
      if (outcome === "broken") {
        const line = `${what}, ${name}:\n    ${why.join("\n    ")}`;
        broken.push(line);
        onBroken?.(line);
      }
      onProgress?.(done, trials.length);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const secondsEach = (performance.now() - startedAt) / 1000 / Math.max(1, trials.length);
  return { points: trials.length - missed, missed, broken, secondsEach };
}
