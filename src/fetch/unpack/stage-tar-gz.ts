import { createGunzip, type Gunzip } from "node:zlib";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { createByteRing, createRingWriter, type RingWriter } from "./byte-ring.ts";
import { checkArchiveDigest, createArchiveDigest, type ExpectedArchive, type PassedArchive } from "./digest-archive.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { releaseWhole } from "./release-whole.ts";
import { type StagedTree, toManifest, toStageError } from "./staged-tree.ts";
import { isFinal, startUnpackThread } from "./unpack-thread.ts";

export type { StagedTree };

export interface StageTarGzRequest {
  /** Throws RequestFailure where it ends early; those failures pass through. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Undefined: the caller holds the digest of the result against a trust root before anything becomes visible. */
  readonly expected?: ExpectedArchive | undefined;
  /**
   * Told of the whole body once it has passed and is as `expected`. What it throws comes before any failure to unpack, and
   * unpacking does not wait for it.
   */
  readonly judge?: ((archive: PassedArchive) => Promise<void>) | undefined;
  /** Whether a signature may be over SHA-512; asked before each chunk, and no more once it has said no. */
  readonly isSha512Wanted?: (() => boolean) | undefined;
  /** Physical path of an existing empty directory, which becomes the Go tree. */
  readonly into: string;
  readonly bounds: ArchiveBounds;
  /** Bytes of the archive so far. */
  readonly onProgress?: ((receivedBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** URL or path for messages; already redacted. */
  readonly sourceName: string;
}

/** Pieces that zlib inflates into: half as fast with its own 16 KiB, 3 to 8 % slower with half a MiB, no faster with two. */
const inflatedBytes = 1 << 20;

/** Compressed bytes that may wait for zlib, so that its thread never waits for the network's next chunk. */
const waitingBytes = 1 << 20;

/** What is in flight between inflating and writing: 4 MiB. */
const slots = 16;
const slotBytes = 1 << 18;

/**
 * Checks and unpacks a release's tar.gz in one pass: size and SHA-256 of the body here, inflating in the thread pool,
 * tar and files in a thread of their own. The body is read to its end whatever happens to the unpacking, so that a
 * tampered archive is called that and not a damaged one.
 *
 * What lies in `into` after a failure is garbage, to be removed by the caller. Throws
 * - ProvisionError: `checksum-mismatch`, `archive-hostile`, `space-missing`, `step-failed`; and whatever `judge` throws
 * - RequestFailure: `content` for what is no gzip at all, before anything is written; and whatever `body` throws
 */
export async function stageTarGz(request: StageTarGzRequest): Promise<StagedTree> {
  const { into, bounds, expected, sourceName } = request;
  const callersUmask = process.umask(0o022);
  const ring = createByteRing(slots, slotBytes);
  const thread = startUnpackThread({ readygo: "unpack", kind: "tar", into, ring, bounds });
  const gunzip = createGunzip({
    chunkSize: inflatedBytes,
    writableHighWaterMark: waitingBytes,
    rejectGarbageAfterEnd: true,
  } as Parameters<typeof createGunzip>[0]);
  const failed = failureOf(thread.written);
  failed.catch(() => undefined);
  const pumped = pump(gunzip, createRingWriter(ring, failed));
  const unpacked = { failure: undefined as unknown };
  pumped.catch((error: unknown) => {
    unpacked.failure ??= error;
    gunzip.destroy();
  });
  try {
    const passed = await readBody(request, gunzip, unpacked);
    checkArchiveDigest(passed, expected, sourceName);
    gunzip.end();
    const { sha256, size } = passed;
    const [judged, written] = await Promise.allSettled([request.judge?.(passed), pumped.then(() => thread.written)]);
    if (judged.status === "rejected") throw judged.reason;
    if (written.status === "rejected") throw written.reason;
    return { archive: { sha256, size, kind: "tar.gz" }, manifest: toManifest(written.value) };
  } catch (error) {
    throw toStageError(toHostile(error), sourceName);
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
): Promise<PassedArchive> {
  const digest = createArchiveDigest(request.bounds.archiveBytes, request.sourceName, request.isSha512Wanted);
  for await (const chunk of request.body) {
    request.signal?.throwIfAborted();
    if (chunk.length === 0) continue;
    if (digest.size === 0) checkGzipStart(chunk, request.sourceName);
    digest.update(chunk);
    request.onProgress?.(digest.size);
    if (isFinal(unpacked.failure)) throw unpacked.failure;
    if (unpacked.failure === undefined && !gunzip.write(chunk)) await waitForRoom(gunzip);
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

/** Until more can be written, or nothing any more. */
async function waitForRoom(gunzip: Gunzip): Promise<void> {
  if (gunzip.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      gunzip.off("drain", done).off("close", done);
      resolve();
    };
    gunzip.on("drain", done).on("close", done);
  });
}

/** Never resolves: a writer that waits for room has to hear of failures only. */
async function failureOf(work: Promise<unknown>): Promise<never> {
  await work;
  return new Promise(() => undefined);
}

async function pump(gunzip: Gunzip, ring: RingWriter): Promise<void> {
  for await (const piece of gunzip as AsyncIterable<Buffer>) {
    const wait = ring.write(piece);
    if (wait !== undefined) await wait;
    releaseWhole(piece, inflatedBytes);
  }
  await ring.end();
}

/** zlib's own errors mean a damaged archive; only without an expected digest do they come this far. */
function toHostile(error: unknown): unknown {
  const isZlib = error instanceof Error && "code" in error && /^Z_|TRAILING_JUNK/.test(String(error.code));
  return isZlib ? new HostileArchive(`its gzip stream is damaged: ${error.message}`) : error;
}
