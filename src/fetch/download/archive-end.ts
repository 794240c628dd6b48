import { createGunzip, type Gunzip } from "node:zlib";

/** Tells by an archive's own end whether all of it has passed, for a body of which nobody has stated the size. */
export interface ArchiveEnd {
  /** Bytes in their order; waits until they have been looked at. */
  take(bytes: Uint8Array): Promise<void>;
  /** Whether what has passed ends as an archive does, which nothing at all does not; undefined where it is no archive, or a damaged one: bytes tell then. */
  isWhole(): boolean | undefined;
  close(): void;
}

/** The end record of a zip, and the longest comment that may follow it. */
const endRecordBytes = 22;
const mostTailBytes = endRecordBytes + 0xff_ff;
const endRecordMark = 0x06_05_4b_50;

/** Of a gzip or a zip, by its first bytes. */
export function watchArchiveEnd(): ArchiveEnd {
  let start = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let received = 0;
  let inflated: InflatedCount | undefined;
  return {
    async take(bytes) {
      received += bytes.length;
      if (start.length < 2) start = Buffer.concat([start, bytes.subarray(0, 2 - start.length)]);
      tail = Buffer.concat([tail, bytes.subarray(-mostTailBytes)]).subarray(-mostTailBytes);
      if (!isGzip(start)) return;
      inflated ??= countInflated();
      // A first chunk of one byte has been held back until it was known what it is.
      const isFirst = received > bytes.length && received - bytes.length < 2;
      await inflated.take(isFirst ? Buffer.concat([start.subarray(0, received - bytes.length), bytes]) : bytes);
    },
    isWhole() {
      if (inflated !== undefined) return inflated.isDamaged() ? undefined : endsGzip(tail, inflated.bytes());
      if (isZip(start)) return endsZip(tail, received);
      // Of nothing, and of one byte that either of them begins with, too.
      return received === 0 || (received === 1 && [0x1f, 0x50].includes(start[0] ?? 0)) ? false : undefined;
    },
    close: () => inflated?.close(),
  };
}

const isGzip = (start: Buffer): boolean => start[0] === 0x1f && start[1] === 0x8b;
const isZip = (start: Buffer): boolean => start[0] === 0x50 && start[1] === 0x4b;

/** RFC 1952: the last four bytes are the size of what was packed, modulo 2^32. A gzip cut elsewhere ends so by chance alone. */
function endsGzip(tail: Buffer, inflatedBytes: number): boolean {
  return tail.length >= 18 && tail.readUInt32LE(tail.length - 4) === inflatedBytes % 2 ** 32;
}

/** APPNOTE 4.3.16: the end record says where the directory before it begins, how long it is, and how long a comment follows. */
function endsZip(tail: Buffer, total: number): boolean {
  for (let at = tail.length - endRecordBytes; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== endRecordMark) continue;
    if (tail.readUInt16LE(at + 20) !== tail.length - at - endRecordBytes) continue;
    const place = total - tail.length + at;
    if (tail.readUInt32LE(at + 12) + tail.readUInt32LE(at + 16) <= place) return true;
  }
  return false;
}

interface InflatedCount {
  take(bytes: Uint8Array): Promise<void>;
  bytes(): number;
  isDamaged(): boolean;
  close(): void;
}

function countInflated(): InflatedCount {
  const gunzip: Gunzip = createGunzip();
  let bytes = 0;
  let isDamaged = false;
  gunzip.on("data", (piece: Buffer) => (bytes += piece.length));
  const damaged = Promise.withResolvers<void>();
  gunzip.on("error", () => {
    isDamaged = true;
    damaged.resolve();
  });
  return {
    async take(packed) {
      if (isDamaged) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      // The caller may give the chunk's memory back as soon as it has been passed on.
      gunzip.write(Buffer.from(packed), () => resolve());
      await Promise.race([promise, damaged.promise]);
    },
    bytes: () => bytes,
    isDamaged: () => isDamaged,
    close: () => void gunzip.destroy(),
  };
}
