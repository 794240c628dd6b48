import { createHash } from "node:crypto";
import { closeSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { HostileArchive } from "./hostile-archive.ts";
import { computeReleaseMode } from "./release-mode.ts";
import { releaseWhole } from "./release-whole.ts";
import { createReleaseFile, writeAll, type WrittenFile } from "./write-release-file.ts";
import { notAsAnnounced, type ZipEntry } from "./zip-entry.ts";

/** Half of what the one stream of a tar.gz has: here up to four threads have one each. */
const inflatedBytes = 1 << 19;

/**
 * Writes a large file of a zip below `into` without ever having the whole of it in memory, and hashes it. Nothing is
 * written beyond the announced size. Throws HostileArchive for what is not what the directory says, and what node:fs
 * throws.
 *
 * @param compressed the entry's bytes in the zip
 */
export async function writeInPieces(entry: ZipEntry, compressed: Iterable<Buffer>, into: string): Promise<WrittenFile> {
  const { path } = entry;
  const file = createReleaseFile(into, path);
  const digest = createHash("sha256");
  let size = 0;
  let crc = 0;
  const write = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > entry.size) throw notAsAnnounced(entry);
      writeAll(file, piece);
      digest.update(piece);
      crc = crc32(piece, crc);
      releaseWhole(piece, inflatedBytes);
    }
  };
  try {
    // One piece at a time: it would read 16 ahead.
    const source = Readable.from(compressed, { highWaterMark: 1 });
    if (entry.isDeflated) await pipeline(source, createInflateRaw({ chunkSize: inflatedBytes }), write);
    else await write(source as AsyncIterable<Buffer>);
  } catch (error) {
    const isDamage = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    throw isDamage ? new HostileArchive(`the zip is damaged: ${error.message}`, entry.name) : error;
  } finally {
    closeSync(file);
  }
  if (size !== entry.size || crc !== entry.crc32) throw notAsAnnounced(entry);
  return { path, mode: computeReleaseMode(path), size, sha256: digest.digest("hex") };
}
