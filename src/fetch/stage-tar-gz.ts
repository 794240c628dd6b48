import { RequestFailure } from "../errors/request-failure.ts";
import type { ArchiveBounds } from "../release/archive-bounds.ts";
import { createByteRing, createRingWriter, type RingWriter } from "./byte-ring.ts";
import { checkArchiveDigest, createArchiveDigest, type ExpectedArchive, type PassedArchive } from "./archive-digest.ts";
import { type StagedTree, toManifest, toStageError } from "./staged-tree.ts";
import { isFinal, startInflateThread, startUnpackThread } from "./unpack-thread.ts";

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

/** Compressed bytes that may wait for the thread that inflates: 1 MiB. */
const waitingSlots = 8;
const waitingSlotBytes = 1 << 17;

/** What is in flight between inflating and writing: 4 MiB. */
const slots = 16;
const slotBytes = 1 << 18;

/**
 * Checks and unpacks a release's tar.gz in one pass: size and SHA-256 of the body here, inflating in one thread, tar
 * and files in another. The body is read to its end whatever happens to the unpacking, so that a
 * tampered archive is called that and not a damaged one.
 *
 * What lies in `into` after a failure is garbage, to be removed by the caller. Throws
 * - ProvisionError: `checksum-mismatch`, `archive-hostile`, `space-missing`, `step-failed`; and whatever `judge` throws
 * - RequestFailure: `content` for what is no gzip at all, before anything is written; and whatever `body` throws
 */
export async function stageTarGz(request: StageTarGzRequest): Promise<StagedTree> {
  const { into, bounds, expected, sourceName } = request;
  const callersUmask = process.umask(0o022);
  const compressed = createByteRing(waitingSlots, waitingSlotBytes);
  const ring = createByteRing(slots, slotBytes);
  const inflating = startInflateThread(compressed, ring);
  const unpacking = startUnpackThread({ readygo: "unpack", kind: "tar", into, ring, bounds });
  const unpacked = Promise.all([unpacking.done, inflating.done]);
  const state = { failure: undefined as unknown };
  unpacked.catch((error: unknown) => {
    state.failure ??= error;
  });
  const failed = failureOf(unpacked);
  failed.catch(() => undefined);
  try {
    const writer = createRingWriter(compressed, failed);
    const passed = await readBody(request, writer, state);
    checkArchiveDigest(passed, expected, sourceName);
    if (state.failure === undefined) await writer.end().catch(() => undefined);
    const { sha256, size } = passed;
    const [judged, written] = await Promise.allSettled([request.judge?.(passed), unpacked]);
    if (judged.status === "rejected") throw judged.reason;
    if (written.status === "rejected") throw written.reason;
    return { archive: { sha256, size, kind: "tar.gz" }, manifest: toManifest(written.value[0]) };
  } catch (error) {
    throw toStageError(error, sourceName);
  } finally {
    await Promise.all([inflating.stop(), unpacking.stop()]);
    process.umask(callersUmask);
  }
}

/** Hashes the whole body, and hands it on to be unpacked as long as that has not failed. */
async function readBody(
  request: StageTarGzRequest,
  writer: RingWriter,
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
    // A failure while it waits is looked at with the next chunk.
    if (unpacked.failure === undefined) await writer.write(chunk)?.catch(() => undefined);
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

/** Never resolves: a writer that waits for room has to hear of failures only. */
async function failureOf(work: Promise<unknown>): Promise<never> {
  await work;
  return new Promise(() => undefined);
}
