import { Worker } from "node:worker_threads";
import { ProvisionError } from "../../errors/provision-error.ts";
import { describeDiskFailure } from "./describe-disk-failure.ts";
import { HostileArchive } from "./hostile-archive.ts";
import type { WrittenTree } from "./tree-writer.ts";
import { unpackWorkerText } from "./unpack-worker-text.ts";
import type { UnpackAnswer, UnpackJob } from "./unpack-worker.ts";

/**
 * A thread's short-lived objects are small and many; in a young generation of the default size they, and what they hold
 * outside the heap (a zlib each), pile up to 50 MB a thread. One thread for a tar is 3 % slower with 2 MB than with 8, no
 * faster with more; for a zip there are up to four, no slower with 2.
 */
const youngGenerationMb = { tar: 8, zip: 2 };

/** Started and without a job yet. */
let spare: Worker | undefined;

export interface UnpackThread {
  /** Rejects with HostileArchive, or with ProvisionError where the file system refused. Ends with {@link stop}. */
  readonly written: Promise<WrittenTree>;
  /** Ends the thread at once, wherever it is; harmless after its end. */
  stop(): Promise<void>;
}

/**
 * Starts a thread that the next {@link startUnpackThread} will find ready: starting takes as long as the way to a server
 * and back. It keeps no process from ending.
 */
export function prepareUnpackThread(): void {
  if (spare !== undefined) return;
  const worker = startWorker("tar");
  worker.unref();
  // One that could not be started is done without.
  worker.once("error", () => {
    if (spare === worker) spare = undefined;
  });
  spare = worker;
}

/** Has a thread unpack. The process's umask must be 022 until it is done, since a thread has none of its own. */
export function startUnpackThread(job: UnpackJob): UnpackThread {
  const worker = spare ?? startWorker(job.kind);
  spare = undefined;
  worker.ref();
  const written = new Promise<WrittenTree>((resolve, reject) => {
    worker.once("message", (answer: UnpackAnswer) => {
      if (answer.kind === "written") resolve(answer.tree);
      else reject(toError(answer, job.into));
    });
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the unpack thread ended without an answer (${code})`)));
  });
  worker.postMessage(job);
  // Whoever started the thread may have stopped caring when it fails.
  written.catch(() => undefined);
  return {
    written,
    stop: async () => {
      await worker.terminate();
    },
  };
}

function startWorker(kind: UnpackJob["kind"]): Worker {
  const resourceLimits = { maxYoungGenerationSizeMb: youngGenerationMb[kind] };
  const options = { env: {}, execArgv: [], resourceLimits };
  return unpackWorkerText === undefined
    ? new Worker(new URL("./unpack-worker-entry.ts", import.meta.url), options)
    : new Worker(unpackWorkerText, { ...options, eval: true });
}

function toError(answer: Exclude<UnpackAnswer, { kind: "written" }>, into: string): Error {
  if (answer.kind === "hostile") return new HostileArchive(answer.message, answer.entry);
  return describeDiskFailure(answer.errno, answer.message, into);
}

/** True for failures that no other archive could mend: there is no use in fetching the rest. */
export function isFinal(failure: unknown): boolean {
  return failure instanceof ProvisionError;
}
