import { Pax } from "tar/pax";
import { HostileArchive } from "./hostile-archive.ts";
import { readTarHeader, tarBlockBytes, type TarHeader } from "./tar-header.ts";

/** Takes the entries of a tar in their order. */
export interface TarSink {
  directory(name: string): void;
  /** Begins a file of `size` bytes, which come by {@link content}. */
  file(name: string, size: number): void;
  content(piece: Buffer): void;
}

export interface TarReader {
  /** `piece` is a multiple of 512 bytes, but for the last, and not looked at again afterwards. */
  take(piece: Buffer): void;
  /** True from the two blocks of zeros on that end a tar. */
  isAtEnd(): boolean;
}

/** More than any name or PAX header of a release has. */
const maxExtensionBytes = 65_536;
/** What Go's archive/tar writes, and what other writers add without a change of meaning. */
const harmlessPaxKeys = new Set(["path", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment"]);

/** Reads a tar as it comes, and throws HostileArchive for a damaged one and for entries of kinds that no release has. */
export function createTarReader(sink: TarSink): TarReader {
  /** Bytes of content still to come. */
  let left = 0;
  let zeroBlocks = 0;
  /** What a PAX header or a long name says of the next entry. */
  let extended: Pax | undefined;
  /** The one that is being read. */
  let extension: { readonly header: TarHeader; readonly pieces: Buffer[] } | undefined;

  const takeHeader = (piece: Buffer, at: number): void => {
    if (piece.length - at < tarBlockBytes) throw new HostileArchive("the tar ends early");
    const header = readTarHeader(piece, at, extended);
    zeroBlocks = header === undefined ? zeroBlocks + 1 : 0;
    if (header === undefined) return;
    left = header.size;
    if (header.type === "ExtendedHeader" || header.type === "NextFileHasLongPath") {
      if (left > maxExtensionBytes) throw new HostileArchive("a header is longer than any release's", header.name);
      // What comes next would be taken for its content.
      if (left === 0) throw new HostileArchive("a header is empty that is to say more of the next", header.name);
      extension = { header, pieces: [] };
    } else {
      extended = undefined;
      giveEntry(header, sink);
    }
  };

  const takeContent = (piece: Buffer): void => {
    left -= piece.length;
    if (extension === undefined) {
      sink.content(piece);
      return;
    }
    // The piece's memory is used again.
    extension.pieces.push(Buffer.from(piece));
    if (left > 0) return;
    const { header, pieces } = extension;
    extension = undefined;
    extended = readExtension(header, Buffer.concat(pieces).toString("utf8"), extended);
  };

  const isAtEnd = (): boolean => zeroBlocks >= 2;

  return {
    isAtEnd,
    take(piece) {
      let at = 0;
      while (at < piece.length && !isAtEnd()) {
        if (left === 0) {
          takeHeader(piece, at);
          at += tarBlockBytes;
        } else {
          const length = Math.min(left, piece.length - at);
          takeContent(piece.subarray(at, at + length));
          // The last block of an entry is filled up.
          at += Math.ceil(length / tarBlockBytes) * tarBlockBytes;
        }
      }
    },
  };
}

function giveEntry({ name, size, type }: TarHeader, sink: TarSink): void {
  if (type === "Directory") sink.directory(name);
  else if (type === "File" || type === "OldFile") sink.file(name, size);
  else throw new HostileArchive(`an entry is neither a file nor a directory but a ${type}`, name);
}

function readExtension(header: TarHeader, text: string, before: Pax | undefined): Pax {
  if (header.type === "NextFileHasLongPath") {
    const named = new Pax(before ?? {});
    named.path = text.replace(/\0.*$/s, "");
    return named;
  }
  for (const [, key = ""] of text.matchAll(/^\d+ ([^=\n]+)=/gm)) {
    if (!harmlessPaxKeys.has(key)) throw new HostileArchive(`a PAX header sets ${JSON.stringify(key)}`);
  }
  return Pax.parse(text, before);
}
