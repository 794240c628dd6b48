/** What an archive may at most be; anything beyond is no Go release and is refused before it fills the disk. */
export interface ArchiveBounds {
  /** Bytes of the archive itself. */
  readonly archiveBytes: number;
  /** Files and directories. */
  readonly entries: number;
  /** Bytes of all files together, unpacked. */
  readonly unpackedBytes: number;
  /** Bytes of one file, unpacked. */
  readonly fileBytes: number;
  /** Bytes of one path below the root of the tree. */
  readonly pathBytes: number;
}

/**
 * The largest Linux archive ever published has 208,138,206 bytes (go1.10beta1, with race and shared packages), one of
 * today about 70 MB; go1.26.8 unpacks to 16,703 entries and 224 MB, its longest path has 105 bytes and its largest file
 * 26 MB. Twice to four times the largest of each is let through.
 */
export const releaseBounds: ArchiveBounds = {
  archiveBytes: 512 * 1024 * 1024,
  entries: 65_536,
  unpackedBytes: 1024 * 1024 * 1024,
  fileBytes: 256 * 1024 * 1024,
  pathBytes: 512,
};
