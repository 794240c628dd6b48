import { createGunzip } from "node:zlib";
import { type ByteRing, createBlockingRingWriter, readByteRing } from "./byte-ring.ts";
import { HostileArchive } from "./hostile-archive.ts";

/** Pieces that zlib inflates into: half as fast with its own 16 KiB, no faster with more. */
const inflatedBytes = 1 << 19;

/**
 * Inflates one ring into another, for a thread that does nothing else: a zlib that shares its event loop with the
 * network waits for it after every piece.
 *
 * @throws HostileArchive where the gzip stream is damaged, ends early, or has bytes after its end
 */
export async function inflateRing(from: ByteRing, to: ByteRing): Promise<void> {
  const gunzip = createGunzip({ chunkSize: inflatedBytes, rejectGarbageAfterEnd: true });
  const writer = createBlockingRingWriter(to);
  gunzip.on("data", (piece: Buffer) => {
    writer.write(piece);
    releaseWhole(piece);
  });
  const ended = new Promise<void>((resolve, reject) => {
    gunzip.on("error", reject).on("end", resolve);
  });
  ended.catch(() => undefined);
  try {
    for (const piece of readByteRing(from)) {
      // The slot is zlib's until it has taken all of it.
      const taken = new Promise<void>((resolve) => gunzip.write(piece, () => resolve()));
      await Promise.race([taken, ended]);
      if (gunzip.destroyed) break;
    }
    gunzip.end();
    await ended;
  } catch (error) {
    throw toHostile(error);
  }
  writer.end();
}

/**
 * Frees a buffer that zlib has filled to its end, and so has left for a new one: waiting for the garbage collector
 * costs 20 to 40 MB, and a page fault for every 4 KiB that is inflated.
 */
function releaseWhole(piece: Buffer): void {
  const { buffer } = piece;
  const isFull = buffer.byteLength === inflatedBytes && piece.byteOffset + piece.length === inflatedBytes;
  if (isFull && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** zlib's own errors speak of a damaged archive; only without an expected digest do they come to be read. */
function toHostile(error: unknown): unknown {
  const isZlib = error instanceof Error && "code" in error && /^Z_|TRAILING_JUNK/.test(String(error.code));
  return isZlib ? new HostileArchive(`its gzip stream is damaged: ${error.message}`) : error;
}
