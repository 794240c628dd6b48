import { HostileArchive } from "./hostile-archive.ts";

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

/** An entry that does not inflate to the size and the checksum of the directory. */
export function notAsAnnounced(entry: ZipEntry): HostileArchive {
  return new HostileArchive("the zip is damaged: an entry is not what its checksum says", entry.name);
}
