import { Header } from "tar/header";
import type { Pax } from "tar/pax";
import { HostileArchive } from "./hostile-archive.ts";

/** A tar is made of these; pax(1), "ustar Interchange Format". */
export const tarBlockBytes = 512;

/** What a header says of the entry after it, as far as it matters to a release; owner, time and mode do not. */
export interface TarHeader {
  readonly name: string;
  /** Of the content in bytes; 0 for a directory. */
  readonly size: number;
  /** In the words of the tar library: File, Directory, SymbolicLink and so on. */
  readonly type: string;
}

/**
 * Reads the header at `at`; undefined for a block of zeros. `extended` is what a PAX header or a long name in front of
 * it says. Throws HostileArchive for a header that is damaged.
 *
 * The library's reader takes as long for an entry as writing a small file does: one header in the form that a release
 * has them all in is read here, and every other is the library's to read and to refuse.
 */
export function readTarHeader(piece: Buffer, at: number, extended: Pax | undefined): TarHeader | undefined {
  const plain = extended === undefined ? readPlainHeader(piece, at) : undefined;
  if (plain !== undefined) return plain;
  const header = decodeHeader(piece, at, extended);
  if (header.nullBlock) return undefined;
  if (!header.cksumValid) throw damaged("checksum failure");
  const name = extended?.path ?? header.path;
  if (name === undefined || name === "") throw damaged("path is required", name);
  const { size, type } = header;
  if (header.linkpath && !/^(?:SymbolicLink|Link|ExtendedHeader)$/.test(type))
    throw damaged("linkpath forbidden", name);
  if (size === undefined || !Number.isSafeInteger(size)) throw damaged("size is required", name);
  return { name, size, type };
}

function decodeHeader(piece: Buffer, at: number, extended: Pax | undefined): Header {
  try {
    return new Header(piece, at, extended);
  } catch (error) {
    // A number in base 256 that is past what a number holds exactly.
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

const regularFile = 0x30;
const directory = 0x35;
const slash = 0x2f;
/** The magic "ustar", its NUL and the version "00", as two big-endian numbers. */
const magic = [0x75737461, 0x72003030] as const;
/** Mode, owner, group, time and device; in base 256 where the first bit is set, which a release has no need of. */
const unusedNumbers = [100, 108, 116, 136, 329, 337];

/** Undefined for everything but what Go's archive/tar writes for a file or a directory whose name fits. */
function readPlainHeader(piece: Buffer, at: number): TarHeader | undefined {
  const type = piece[at + 156];
  if (type !== regularFile && type !== directory) return undefined;
  if (piece.readUInt32BE(at + 257) !== magic[0] || piece.readUInt32BE(at + 261) !== magic[1]) return undefined;
  const isLink = sumBytes(piece, at + 157, at + 257) > 0;
  const size = readOctal(piece, at + 124, 12);
  if (isLink || size === undefined || (type === directory && size > 0)) return undefined;
  if (unusedNumbers.some((offset) => (piece[at + offset] ?? 0) >= 0x80)) return undefined;
  // The checksum's own bytes are taken for spaces.
  const sum = sumBytes(piece, at, at + 148) + 8 * 0x20 + sumBytes(piece, at + 156, at + tarBlockBytes);
  if (readOctal(piece, at + 148, 8) !== sum) return undefined;
  const nameEnd = findEnd(piece, at, 100);
  const prefixStart = at + 345;
  const prefixEnd = findEnd(piece, prefixStart, 155);
  // Nothing hides behind the NUL that ends a text, where readers disagree: one goes on, another has fields of its own.
  if (sumBytes(piece, nameEnd, at + 100) + sumBytes(piece, prefixEnd, at + tarBlockBytes) > 0) return undefined;
  // Old writers marked a directory by its slash alone.
  if (nameEnd === at || (type === regularFile && piece[nameEnd - 1] === slash)) return undefined;
  const name = piece.toString("utf8", at, nameEnd);
  return {
    name: prefixEnd === prefixStart ? name : `${piece.toString("utf8", prefixStart, prefixEnd)}/${name}`,
    size,
    type: type === directory ? "Directory" : "File",
  };
}

/** Where a field's text ends, which a NUL ends where it does not fill the field. */
function findEnd(piece: Buffer, start: number, length: number): number {
  const end = piece.indexOf(0, start);
  return end === -1 || end > start + length ? start + length : end;
}

/** Undefined where the field is anything but octal digits with a NUL or a space behind them. */
function readOctal(piece: Buffer, start: number, length: number): number | undefined {
  let value = 0;
  for (let at = start; at < start + length; at += 1) {
    const byte = piece[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x37) value = value * 8 + byte - 0x30;
    else return at > start && (byte === 0 || byte === 0x20) ? value : undefined;
  }
  return undefined;
}

function sumBytes(piece: Buffer, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at += 1) sum += piece[at] ?? 0;
  return sum;
}

function damaged(what: string, entry?: string): HostileArchive {
  return new HostileArchive(`the tar is damaged: ${what}`, entry);
}
