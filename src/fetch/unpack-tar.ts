import { chmodSync } from "node:fs";
import { Parser } from "tar/parse";
import type { ReadEntry } from "tar/read-entry";
import type { ArchiveBounds } from "../release/archive-bounds.ts";
import { parseEntryPath } from "./entry-path.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { createTreeWriter, type WrittenTree } from "./tree-writer.ts";

/** The publisher's archives have everything under this. */
const prefix = "go/";
/** What Go's archive/tar writes, and what other writers add without a change of meaning. */
const harmlessPaxKeys = new Set(["path", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment"]);

/**
 * Unpacks the bytes of a tar into `into`, blocking, and says what was written. Throws HostileArchive for everything
 * that is not in the form of a Go release, and what node:fs throws.
 *
 * @param pieces each a multiple of 512 bytes but the last; not looked at again after the next one was asked for
 */
export function unpackTar(pieces: Iterable<Buffer>, into: string, bounds: ArchiveBounds): WrittenTree {
  // A parent with the set-group-ID bit would hand it, and its group, down to every directory of the tree.
  chmodSync(into, 0o755);
  const writer = createTreeWriter(into, bounds);
  let isAtEnd = false;
  let tarBytes = 0;
  // Headers and padding come on top of the contents.
  const mostTarBytes = bounds.unpackedBytes + bounds.entries * 2048;

  const takeEntry = (entry: ReadEntry): void => {
    const path = parseEntryPath(entry.header.path ?? entry.path, prefix, bounds);
    if (entry.globalExtended !== undefined) throw new HostileArchive("a global PAX header is in force", entry.path);
    if (entry.type === "Directory") {
      writer.directory(path);
    } else if (entry.type === "File" || entry.type === "OldFile") {
      writer.file(path, entry.size);
      entry.on("data", (piece) => writer.append(piece));
    } else {
      throw new HostileArchive(`an entry is neither a file nor a directory but a ${entry.type}`, entry.path);
    }
    entry.resume();
  };

  // zstd: false, else the parser takes a tar that starts like a zstd frame for one and inflates it.
  const parser = new Parser({ zstd: false, onReadEntry: takeEntry });
  parser.on("ignoredEntry", (entry: ReadEntry) => {
    throw new HostileArchive(`an entry is of a kind that no release has (${entry.type})`, entry.path);
  });
  parser.on("meta", (text: string) => {
    for (const [, key = ""] of text.matchAll(/^\d+ ([^=\n]+)=/gm)) {
      if (!harmlessPaxKeys.has(key)) throw new HostileArchive(`a PAX header sets ${JSON.stringify(key)}`);
    }
  });
  parser.on("warn", (_code: string, message: string | Error) => {
    throw new HostileArchive(`the tar is damaged: ${message instanceof Error ? message.message : message}`);
  });
  parser.on("error", (error: Error) => {
    throw new HostileArchive(`the tar is damaged: ${error.message}`);
  });
  parser.on("eof", () => {
    isAtEnd = true;
  });

  try {
    for (const piece of pieces) {
      // The parser would inflate a gzip inside the gzip.
      if (tarBytes === 0 && piece[0] === 0x1f) throw new HostileArchive("the tar is damaged: no header at its start");
      tarBytes += piece.length;
      if (tarBytes > mostTarBytes) throw new HostileArchive(`it unpacks to more than ${bounds.unpackedBytes} bytes`);
      // Past the end only padding comes, which the parser would collect in memory.
      if (!isAtEnd) parser.write(piece);
    }
    if (!isAtEnd) throw new HostileArchive("the tar ends early");
    const tree = writer.finish();
    if (tree.files.length === 0) throw new HostileArchive("it has no files");
    return tree;
  } finally {
    writer.abandon();
  }
}
