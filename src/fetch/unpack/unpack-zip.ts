import { closeSync, openSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";
import { HostileArchive } from "./hostile-archive.ts";
import type { WrittenTree } from "./tree-writer.ts";
import { writeInPieces } from "./write-in-pieces.ts";
import { writeReleaseFile, type WrittenFile } from "./write-release-file.ts";
import { notAsAnnounced, type ZipEntry } from "./zip-entry.ts";

const headerBytes = 30;
/** Go writes no extra fields; others write a few dozen bytes. More costs a second read. */
const likelyExtraBytes = 64;
/** Larger files are inflated in pieces: a release has 23, the largest of 26 MB. At once they raise the peak by 10 MB. */
const maxAtOnce = 1 << 20;
const pieceBytes = 1 << 16;

/**
 * Unpacks these entries below `into`, mostly blocking, so for workers, and hashes each. Their directories are there.
 * Throws HostileArchive for what does not inflate to what the directory says, and what node:fs throws.
 */
export async function unpackZipEntries(
  zipPath: string,
  entries: readonly ZipEntry[],
  into: string,
): Promise<WrittenTree> {
  const zip = openSync(zipPath, "r");
  const files: WrittenFile[] = [];
  const scratch = Buffer.allocUnsafeSlow(maxAtOnce);

  const read = (position: number, length: number): Buffer => {
    const target = length > scratch.length ? Buffer.allocUnsafeSlow(length) : scratch;
    let filled = 0;
    while (filled < length) {
      const count = readSync(zip, target, filled, length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return target.subarray(0, filled);
  };

  /** The local header and what comes after it, and where the contents begin there. */
  const readHeader = (entry: ZipEntry, more: number): { readonly bytes: Buffer; readonly start: number } => {
    const bytes = read(entry.offset, headerBytes + Buffer.byteLength(entry.name) + likelyExtraBytes + more);
    if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== 0x04034b50) {
      throw new HostileArchive("the zip is damaged: an entry has no header", entry.name);
    }
    if (bytes.toString("utf8", headerBytes, headerBytes + bytes.readUInt16LE(26)) !== entry.name) {
      throw new HostileArchive("an entry has two names", entry.name);
    }
    return { bytes, start: headerBytes + bytes.readUInt16LE(26) + bytes.readUInt16LE(28) };
  };

  const readCompressed = (entry: ZipEntry): Buffer => {
    const { bytes, start } = readHeader(entry, entry.compressedSize);
    const end = start + entry.compressedSize;
    const whole = end > bytes.length ? read(entry.offset, end) : bytes;
    if (end > whole.length) throw endsEarly(entry);
    return whole.subarray(start, end);
  };

  const readInPieces = function* (entry: ZipEntry): Generator<Buffer> {
    const start = entry.offset + readHeader(entry, 0).start;
    for (let at = 0; at < entry.compressedSize;) {
      const wanted = Math.min(pieceBytes, entry.compressedSize - at);
      const piece = Buffer.allocUnsafeSlow(wanted);
      const count = readSync(zip, piece, 0, wanted, start + at);
      if (count === 0) throw endsEarly(entry);
      at += count;
      yield piece.subarray(0, count);
    }
  };

  try {
    for (const entry of entries) {
      if (entry.size > maxAtOnce) {
        files.push(await writeInPieces(entry, readInPieces(entry), into));
        continue;
      }
      const compressed = readCompressed(entry);
      const content = entry.isDeflated ? inflate(compressed, entry) : compressed;
      if (content.length !== entry.size || crc32(content) !== entry.crc32) throw notAsAnnounced(entry);
      files.push(writeReleaseFile(into, entry.path, content));
      if (entry.isDeflated) releaseOwn(content, roomFor(entry));
      if (compressed.buffer !== scratch.buffer) releaseOwn(compressed, compressed.buffer.byteLength);
    }
    return { files, directories: [] };
  } finally {
    closeSync(zip);
  }
}

function endsEarly(entry: ZipEntry): HostileArchive {
  return new HostileArchive("the zip ends early", entry.name);
}

/**
 * At most one byte more than announced is ever inflated. Less than this comes out of node's shared pool, which cannot be
 * freed.
 */
function roomFor(entry: ZipEntry): number {
  return Math.max(entry.size + 1, Buffer.poolSize >>> 1);
}

/**
 * Left to the collector, the buffers that zlib makes for each file pile up to 100 MB. A buffer of exactly the size that
 * was asked for is this file's own.
 */
function releaseOwn({ buffer }: Buffer, bytes: number): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes) buffer.transfer(0);
}

function inflate(compressed: Buffer, entry: ZipEntry): Buffer {
  try {
    return inflateRawSync(compressed, { chunkSize: roomFor(entry), maxOutputLength: entry.size + 1 });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new HostileArchive(`the zip is damaged: ${cause}`, entry.name);
  }
}
