import { parentPort } from "node:worker_threads";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { type ByteRing, readByteRing } from "./byte-ring.ts";
import { HostileArchive } from "./hostile-archive.ts";
import type { WrittenTree } from "./tree-writer.ts";
import { unpackTar } from "./unpack-tar.ts";
import { unpackZipEntries } from "./unpack-zip.ts";
import type { ZipEntry } from "./zip-entry.ts";

/** The one message to the worker. `into` is the physical path of the tree to be. */
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
    };

/** The worker's one message; after it the thread ends. */
export type UnpackAnswer =
  | { readonly kind: "written"; readonly tree: WrittenTree }
  | { readonly kind: "hostile"; readonly message: string; readonly entry: string | undefined }
  | { readonly kind: "failed"; readonly message: string; readonly errno: string | undefined };

/** Waits for a job, does it and answers, once. */
export function runUnpackWorker(): void {
  parentPort?.once("message", (job: unknown) => {
    if (!isJob(job)) throw new Error("this is no job for an unpack worker");
    void answer(job).then((answered) => parentPort?.postMessage(answered));
  });
}

async function answer(job: UnpackJob): Promise<UnpackAnswer> {
  try {
    return { kind: "written", tree: await unpack(job) };
  } catch (error) {
    if (error instanceof HostileArchive) return { kind: "hostile", message: error.message, entry: error.entry };
    const failure = error instanceof Error ? error : new Error(String(error));
    const errno = "code" in failure && typeof failure.code === "string" ? failure.code : undefined;
    return { kind: "failed", message: failure.stack ?? failure.message, errno };
  }
}

async function unpack(job: UnpackJob): Promise<WrittenTree> {
  if (job.kind === "zip") return unpackZipEntries(job.zipPath, job.entries, job.into);
  return unpackTar(readByteRing(job.ring), job.into, job.bounds);
}

function isJob(data: unknown): data is UnpackJob {
  return typeof data === "object" && data !== null && "readygo" in data && data.readygo === "unpack";
}
