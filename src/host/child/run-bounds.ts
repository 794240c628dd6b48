import { availableParallelism, totalmem } from "node:os";
import { availableMemory } from "node:process";
import { setFlagsFromString } from "node:v8";

/** What a child and all that it starts may use together; beyond it the whole family is ended. */
export interface RunBounds {
  /** Bytes of memory. */
  readonly memoryBytes: number;
  readonly processes: number;
  /** Bytes on stdout and stderr together. */
  readonly outputBytes: number;
  /** Bytes of the largest file that one of them may write; undefined: any. */
  readonly fileBytes: number | undefined;
}

const MiB = 1024 * 1024;

/** For shells with a user's own files, and for the system's tools. */
export const usualBounds: RunBounds = {
  memoryBytes: 1024 * MiB,
  processes: 512,
  outputBytes: 4 * MiB,
  fileBytes: undefined,
};

/** For a go command that somebody's settings tell where to fetch from: what comes from there is not trusted. */
export const fetchBounds: RunBounds = {
  memoryBytes: 256 * MiB,
  processes: 64,
  outputBytes: 1 * MiB,
  fileBytes: 128 * MiB,
};

/** For compilers of a tree that is proven to be the release's. */
export function buildBounds(): RunBounds {
  return { ...usualBounds, memoryBytes: Math.max(2048 * MiB, Math.floor((totalmem() / 4) * 3)) };
}

/** How many compilers of the whole runtime may run side by side: each takes up to 0.4 GB, and one processor gains nothing. */
export function mostBuildsAtOnce(): number {
  return availableParallelism() > 1 && availableMemory() > 1536 * MiB ? 2 : 1;
}

/**
 * From now on V8 collects garbage early: by default it lets a process grow with what the machine has, by 150 MB over
 * sixteen trees of which each is forgotten before the next (257 MB at the most; with this 118).
 */
export function spareMemory(): void {
  setFlagsFromString("--optimize-for-size");
}
