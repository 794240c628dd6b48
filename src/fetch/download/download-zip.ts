import { closeSync, constants, openSync, rmSync } from "node:fs";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import {
  checkArchiveDigest,
  createArchiveDigest,
  type ExpectedArchive,
  type ReceivedArchive,
} from "../unpack/digest-archive.ts";
import { toDiskFailure } from "../unpack/describe-disk-failure.ts";
import { writeAll } from "../unpack/write-release-file.ts";

export interface DownloadZipRequest {
  readonly body: AsyncIterable<Uint8Array>;
  /** Physical path of the spool file; what is there is overwritten. */
  readonly to: string;
  readonly bounds: ArchiveBounds;
  /** Of the zip itself, such as `--sha256`. */
  readonly expected?: ExpectedArchive | undefined;
  readonly onProgress?: ((receivedBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly sourceName: string;
}

const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;

/**
 * Spools a zip to a file, since its directory is at the end, with size and SHA-256 on the way. No file is left after a
 * failure. Throws
 * - ProvisionError: `checksum-mismatch`, `archive-hostile` (too large), `space-missing`, `step-failed`
 * - RequestFailure: `content` for what is no zip; and whatever `body` throws
 */
export async function downloadZip(request: DownloadZipRequest): Promise<ReceivedArchive> {
  const { to, sourceName } = request;
  const digest = createArchiveDigest(request.bounds.archiveBytes, sourceName);
  const removeSpool = { isWanted: true };
  try {
    const file = openSync(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
    try {
      for await (const chunk of request.body) {
        request.signal?.throwIfAborted();
        if (chunk.length === 0) continue;
        if (digest.size === 0) checkZipStart(chunk, sourceName);
        digest.update(chunk);
        writeAll(file, chunk);
        releaseOwn(chunk);
        request.onProgress?.(digest.size);
      }
    } finally {
      closeSync(file);
    }
    request.signal?.throwIfAborted();
    if (digest.size === 0) throw new RequestFailure("content", sourceName, "the answer is empty");
    const { sha256, size } = digest.finish();
    const received = { sha256, size };
    checkArchiveDigest(received, request.expected, sourceName);
    removeSpool.isWanted = false;
    return received;
  } catch (error) {
    throw toDiskFailure(error, to);
  } finally {
    if (removeSpool.isWanted) rmSync(to, { force: true });
  }
}

/**
 * Left to the collector, what sockets and files are read into piles up to 60 MB, which malloc then keeps. A chunk that is
 * the whole of its memory shares it with no other.
 */
function releaseOwn({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= minReleased && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) {
    buffer.transfer(0);
  }
}

const minReleased = 4096;

/** A local header, or the end of an empty directory: `PK`. */
function checkZipStart(chunk: Uint8Array, sourceName: string): void {
  if (chunk[0] === 0x50 && (chunk.length < 2 || chunk[1] === 0x4b)) return;
  throw new RequestFailure("content", sourceName, "the answer is no zip archive");
}
