import { once } from "node:events";
import { createGunzip, type Gunzip } from "node:zlib";
import { ProvisionError } from "../errors/provision-error.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import type { ArchiveBounds } from "../release/archive-bounds.ts";
import type { TreeManifest } from "../release/tree-manifest.ts";
import {
  checkArchiveDigest,
  createArchiveDigest,
  type ExpectedArchive,
  type ReceivedArchive,
} from "./archive-digest.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { startUnpackThread, type UnpackThread } from "./unpack-thread.ts";

export interface StageTarGzRequest {
  /** Throws RequestFailure where it ends early; those failures pass through. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Undefined: the caller holds the digest of the result against a trust root before anything becomes visible. */
  readonly expected?: ExpectedArchive | undefined;
  /** Physical path of an existing empty directory, which becomes the Go tree. */
  readonly into: string;
  readonly bounds: ArchiveBounds;
  /** Bytes of the archive so far. */
  readonly onProgress?: ((receivedBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** URL or path for messages; already redacted. */
  readonly sourceName: string;
}

export interface StagedTree {
  readonly archive: ReceivedArchive & { readonly kind: "tar.gz" | "zip" };
  readonly manifest: TreeManifest;
}

/** Large pieces keep zlib's thread and the writing thread busy: 64 KiB ones took 1.4 times as long. */
const inflatedBytes = 1 << 20;

/**
 * Checks and unpacks a release's tar.gz in one pass: size and SHA-256 of the body here, inflating in the thread pool,
 * tar and files in a thread of their own. The body is read to its end whatever happens to the unpacking, so that a
 * tampered archive is called that and not a damaged one.
 *
 * What lies in `into` after a failure is garbage, to be removed by the caller. Throws
 * - ProvisionError: `checksum-mismatch`, `archive-hostile`, `space-missing`, `step-failed`
 * - RequestFailure: `content` for what is no gzip at all, before anything is written; and whatever `body` throws
 */
export async function stageTarGz(request: StageTarGzRequest): Promise<StagedTree> {
  const { into, bounds, expected, sourceName } = request;
  const callersUmask = process.umask(0o022);
  const thread = startUnpackThread(into, bounds);
  thread.written.catch(() => undefined);
  const gunzip = createGunzip({
    chunkSize: inflatedBytes,
    writableHighWaterMark: inflatedBytes,
    readableHighWaterMark: inflatedBytes,
    rejectGarbageAfterEnd: true,
  } as Parameters<typeof createGunzip>[0]);
  const pumped = pump(gunzip, thread);
  const unpacked = { failure: undefined as unknown };
  pumped.catch((error: unknown) => {
    unpacked.failure ??= error;
    gunzip.destroy();
  });
  try {
    const received = await readBody(request, gunzip, unpacked);
    checkArchiveDigest(received, expected, sourceName);
    gunzip.end();
    await pumped;
    return { archive: { ...received, kind: "tar.gz" }, manifest: await thread.written };
  } catch (error) {
    throw toStageError(error, sourceName);
  } finally {
    gunzip.destroy();
    await thread.stop();
    process.umask(callersUmask);
  }
}

/** Hashes the whole body, and hands it to `gunzip` as long as unpacking has not failed. */
async function readBody(
  request: StageTarGzRequest,
  gunzip: Gunzip,
  unpacked: { readonly failure: unknown },
): Promise<ReceivedArchive> {
  const digest = createArchiveDigest(request.bounds.archiveBytes, request.sourceName);
  for await (const chunk of request.body) {
    request.signal?.throwIfAborted();
    if (digest.size === 0) checkGzipStart(chunk, request.sourceName);
    digest.update(chunk);
    request.onProgress?.(digest.size);
    if (isDiskFailure(unpacked.failure)) throw unpacked.failure;
    if (unpacked.failure === undefined && !gunzip.write(chunk)) await settled(gunzip);
  }
  request.signal?.throwIfAborted();
  if (digest.size === 0) throw new RequestFailure("content", request.sourceName, "the answer is empty");
  return digest.finish();
}

/** Bodies come in chunks of kilobytes; a first chunk of one byte is let through and fails as a gzip. */
function checkGzipStart(chunk: Uint8Array, sourceName: string): void {
  if (chunk[0] === 0x1f && (chunk.length < 2 || chunk[1] === 0x8b)) return;
  throw new RequestFailure("content", sourceName, "the answer is no gzip archive");
}

/** A full or failing disk ends the run whatever the digest: there is no use in fetching the rest. */
function isDiskFailure(failure: unknown): boolean {
  return failure instanceof ProvisionError;
}

async function settled(gunzip: Gunzip): Promise<void> {
  if (gunzip.destroyed) return;
  const stop = new AbortController();
  const { signal } = stop;
  const ends = ["drain", "close", "error"].map(async (event) => once(gunzip, event, { signal }));
  try {
    await Promise.race(ends);
  } catch {
    // pump() reports it.
  } finally {
    stop.abort();
    await Promise.allSettled(ends);
  }
}

async function pump(gunzip: Gunzip, thread: UnpackThread): Promise<void> {
  for await (const piece of gunzip as AsyncIterable<Buffer>) {
    const wait = thread.ring.write(piece);
    if (wait !== undefined) await wait;
  }
  await thread.ring.end();
}

function toStageError(error: unknown, sourceName: string): unknown {
  if (error instanceof HostileArchive) {
    const entry = error.entry === undefined ? {} : { entry: JSON.stringify(error.entry.slice(0, 300)) };
    return new ProvisionError("archive-hostile", `the archive is refused: ${error.message}`, {
      details: { ...entry, from: sourceName },
    });
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string" && /^Z_|TRAILING_JUNK/.test(code)) {
    return new ProvisionError("archive-hostile", "the archive is refused: its gzip stream is damaged", {
      details: { cause: (error as Error).message, from: sourceName },
    });
  }
  return error;
}
