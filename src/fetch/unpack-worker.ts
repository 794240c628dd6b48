import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { ArchiveBounds } from "../release/archive-bounds.ts";
import { type ByteRing, readByteRing } from "./byte-ring.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { unpackTar } from "./unpack-tar.ts";
import type { WrittenFile } from "./tree-writer.ts";

/** What the starter hands to the worker, as `workerData`. */
export interface UnpackJob {
  readonly readygo: "unpack";
  readonly ring: ByteRing;
  readonly into: string;
  readonly bounds: ArchiveBounds;
}

/** The worker's one message; after it the thread ends. */
export type UnpackAnswer =
  | { readonly kind: "written"; readonly files: readonly WrittenFile[]; readonly directories: readonly string[] }
  | { readonly kind: "hostile"; readonly message: string; readonly entry: string | undefined }
  | { readonly kind: "failed"; readonly message: string; readonly errno: string | undefined };

/** True in a thread that was started to unpack: the bundle is its own worker, so main.ts asks this first. */
export function isUnpackWorker(): boolean {
  return !isMainThread && isJob(workerData);
}

/** Unpacks the tar that comes through the ring, answers once and returns. Never throws. */
export function runUnpackWorker(): void {
  if (!isJob(workerData)) throw new Error("not started as an unpack worker");
  parentPort?.postMessage(answer(workerData));
}

function answer(job: UnpackJob): UnpackAnswer {
  try {
    return { kind: "written", ...unpackTar(readByteRing(job.ring), job.into, job.bounds) };
  } catch (error) {
    if (error instanceof HostileArchive) return { kind: "hostile", message: error.message, entry: error.entry };
    const failure = error instanceof Error ? error : new Error(String(error));
    const errno = "code" in failure && typeof failure.code === "string" ? failure.code : undefined;
    return { kind: "failed", message: failure.message, errno };
  }
}

function isJob(data: unknown): data is UnpackJob {
  return typeof data === "object" && data !== null && "readygo" in data && data.readygo === "unpack";
}
