import { Worker } from "node:worker_threads";
import { ProvisionError } from "../errors/provision-error.ts";
import type { ArchiveBounds } from "../release/archive-bounds.ts";
import type { Sha256 } from "../release/sha256.ts";
import { sortByPathBytes, type TreeManifest } from "../release/tree-manifest.ts";
import { createByteRing, createRingWriter, type RingWriter } from "./byte-ring.ts";
import { HostileArchive } from "./hostile-archive.ts";
import type { UnpackAnswer, UnpackJob } from "./unpack-worker.ts";

/** True in dist/readygo.mjs, where one file is the program and its own worker; scripts/build.ts defines it. */
declare const __READYGO_BUNDLE__: boolean | undefined;

/** What is in flight between inflating and writing. More gave no speed, fewer or smaller slots cost some. */
const slots = 4;
const slotBytes = 1 << 20;

export interface UnpackThread {
  readonly ring: RingWriter;
  /** Rejects with HostileArchive, or with ProvisionError where the file system refused. */
  readonly written: Promise<TreeManifest>;
  /** Ends the thread at once, wherever it is; harmless after its end. */
  stop(): Promise<void>;
}

/** Starts the thread that takes a tar's bytes and writes the tree. The process's umask must be 022 until it is done. */
export function startUnpackThread(into: string, bounds: ArchiveBounds): UnpackThread {
  const ring = createByteRing(slots, slotBytes);
  const job: UnpackJob = { readygo: "unpack", ring, into, bounds };
  const worker = new Worker(workerEntry(), { workerData: job, env: {}, execArgv: [], resourceLimits });
  const written = new Promise<TreeManifest>((resolve, reject) => {
    worker.once("message", (answer: UnpackAnswer) => {
      if (answer.kind === "written") resolve(toManifest(answer));
      else reject(toError(answer, into));
    });
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the unpack thread ended without an answer (${code})`)));
  });
  const stopped = written.then(() => {
    throw new Error("the unpack thread was given bytes after its end");
  });
  // Both are also awaited by the one who started the thread, or nobody is interested any more.
  stopped.catch(() => undefined);
  return {
    ring: createRingWriter(ring, stopped),
    written,
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** A young generation of this size keeps the thread's memory low; the default lets tar's short-lived objects pile up. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

function workerEntry(): URL {
  if (typeof __READYGO_BUNDLE__ !== "undefined" && __READYGO_BUNDLE__) return new URL(import.meta.url);
  return new URL("./unpack-worker-entry.ts", import.meta.url);
}

function toManifest(answer: Extract<UnpackAnswer, { kind: "written" }>): TreeManifest {
  const files = answer.files.map((file) => ({ ...file, sha256: file.sha256 as Sha256 }));
  return {
    files: sortByPathBytes(files, ({ path }) => path),
    directories: sortByPathBytes([...answer.directories], (path) => path),
  };
}

function toError(answer: Exclude<UnpackAnswer, { kind: "written" }>, into: string): Error {
  if (answer.kind === "hostile") return new HostileArchive(answer.message, answer.entry);
  const isFull = answer.errno === "ENOSPC" || answer.errno === "EDQUOT";
  if (isFull) return new ProvisionError("space-missing", `${into}: no space left while unpacking`);
  if (answer.errno === undefined) return new Error(answer.message);
  return new ProvisionError("step-failed", `the archive could not be unpacked to ${into}`, {
    details: { cause: answer.message },
  });
}
