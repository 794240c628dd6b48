import { chmodSync } from "node:fs";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { parseEntryPath } from "./entry-path.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { createTarReader } from "./tar-reader.ts";
import { createTreeWriter, type WrittenTree } from "./tree-writer.ts";

/** The publisher's archives have everything under this. */
const prefix = "go/";

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
  let tarBytes = 0;
  // Headers and padding come on top of the contents.
  const maxTarBytes = bounds.unpackedBytes + bounds.entries * 2048;

  const reader = createTarReader({
    directory: (name) => writer.directory(parseEntryPath(name, prefix, bounds)),
    file: (name, size) => writer.file(parseEntryPath(name, prefix, bounds), size),
    content: (piece) => writer.append(piece),
  });

  try {
    for (const piece of pieces) {
      tarBytes += piece.length;
      if (tarBytes > maxTarBytes) throw new HostileArchive(`it unpacks to more than ${bounds.unpackedBytes} bytes`);
      // Past the end only padding comes.
      if (!reader.isAtEnd()) reader.take(piece);
    }
    if (!reader.isAtEnd()) throw new HostileArchive("the tar ends early");
    const tree = writer.finish();
    if (tree.files.length === 0) throw new HostileArchive("it has no files");
    return tree;
  } finally {
    writer.abandon();
  }
}
