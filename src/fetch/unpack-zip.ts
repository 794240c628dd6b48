import { closeSync, openSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";
import { HostileArchive } from "./hostile-archive.ts";
import type { WrittenTree } from "./tree-writer.ts";
import { writeReleaseFile, type WrittenFile } from "./write-release-file.ts";

/** A file of a zip by its central directory, all of it checked. */
export interface ZipEntry {
  /** As the zip names it. */
  readonly name: string;
  /** Where it goes, relative to the tree. */
  readonly path: string;
  /** Of its local header. */
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  readonly isDeflated: boolean;
}

const headerBytes = 30;
/** Go writes no extra fields; others write a few dozen bytes. More costs a second read. */
const likelyExtraBytes = 64;

/**
 * Unpacks these entries below `into`, blocking, and hashes each. Their directories are there. Throws HostileArchive for
 * what does not inflate to what the directory says, and what node:fs throws.
 */
export function unpackZipEntries(zipPath: string, entries: readonly ZipEntry[], into: string): WrittenTree {
  const zip = openSync(zipPath, "r");
  const files: WrittenFile[] = [];
  const scratch = Buffer.allocUnsafeSlow(1 << 20);

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

  const readCompressed = (entry: ZipEntry): Buffer => {
    const nameBytes = Buffer.byteLength(entry.name);
    const likely = headerBytes + nameBytes + likelyExtraBytes + entry.compressedSize;
    let bytes = read(entry.offset, likely);
    if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== 0x04034b50) {
      throw new HostileArchive("the zip is damaged: an entry has no header", entry.name);
    }
    if (bytes.toString("utf8", headerBytes, headerBytes + bytes.readUInt16LE(26)) !== entry.name) {
      throw new HostileArchive("an entry has two names", entry.name);
    }
    const start = headerBytes + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
    const end = start + entry.compressedSize;
    if (end > bytes.length && bytes.length === likely) bytes = read(entry.offset, end);
    if (end > bytes.length) throw new HostileArchive("the zip ends early", entry.name);
    return bytes.subarray(start, end);
  };

  try {
    for (const entry of entries) {
      const compressed = readCompressed(entry);
      const content = entry.isDeflated ? inflate(compressed, entry) : compressed;
      if (content.length !== entry.size || crc32(content) !== entry.crc32) {
        throw new HostileArchive("the zip is damaged: an entry is not what its checksum says", entry.name);
      }
      files.push(writeReleaseFile(into, entry.path, content));
      if (entry.isDeflated) releaseOwn(content, roomFor(entry));
      if (compressed.buffer !== scratch.buffer) releaseOwn(compressed, compressed.buffer.byteLength);
    }
    return { files, directories: [] };
  } finally {
    closeSync(zip);
  }
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
