import { parentPort, workerData } from "node:worker_threads";
import type { ArchiveBounds } from "../release/archive-bounds.ts";
import { type ByteRing, readByteRing } from "./byte-ring.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { inflateRing } from "./inflate-ring.ts";
import type { WrittenTree } from "./tree-writer.ts";
import { unpackTar } from "./unpack-tar.ts";
import { unpackZipEntries, type ZipEntry } from "./unpack-zip.ts";

/** What the starter hands to the worker, as `workerData`. `into` is the physical path of the tree to be. */
export type UnpackJob =
  | {
      readonly readygo: "unpack";
      readonly kind: "tar";
      readonly into: string;
      readonly ring: ByteRing;
      readonly bounds: ArchiveBounds;
    }
  | {
      readonly readygo: "unpack";
      readonly kind: "zip";
      readonly into: string;
      readonly zipPath: string;
      readonly entries: readonly ZipEntry[];
    }
  | { readonly readygo: "unpack"; readonly kind: "inflate"; readonly from: ByteRing; readonly to: ByteRing };

/** The worker's one message; after it the thread ends. */
export type UnpackAnswer =
  | { readonly kind: "written"; readonly tree: WrittenTree }
  | { readonly kind: "inflated" }
  | { readonly kind: "hostile"; readonly message: string; readonly entry: string | undefined }
  | { readonly kind: "failed"; readonly message: string; readonly errno: string | undefined };

/** Does the job it was started with, answers once and returns. */
export async function runUnpackWorker(): Promise<void> {
  if (!isJob(workerData)) throw new Error("not started as an unpack worker");
  parentPort?.postMessage(await answer(workerData));
}

async function answer(job: UnpackJob): Promise<UnpackAnswer> {
  try {
    return await unpack(job);
  } catch (error) {
    if (error instanceof HostileArchive) return { kind: "hostile", message: error.message, entry: error.entry };
    const failure = error instanceof Error ? error : new Error(String(error));
    const errno = "code" in failure && typeof failure.code === "string" ? failure.code : undefined;
    return { kind: "failed", message: failure.stack ?? failure.message, errno };
  }
}

async function unpack(job: UnpackJob): Promise<UnpackAnswer> {
  switch (job.kind) {
    case "zip":
      return { kind: "written", tree: unpackZipEntries(job.zipPath, job.entries, job.into) };
    case "tar":
      return { kind: "written", tree: unpackTar(readByteRing(job.ring), job.into, job.bounds) };
    case "inflate":
      await inflateRing(job.from, job.to);
      return { kind: "inflated" };
  }
}

function isJob(data: unknown): data is UnpackJob {
  return typeof data === "object" && data !== null && "readygo" in data && data.readygo === "unpack";
}
