const mib = 1024 * 1024;

/** go1.26.8 takes 270 MB on a disk of 4 KiB blocks, of an archive of 67 MB. */
const treeByArchive = 4.2;
/** Where it is not known; the largest release has 78 MB. */
const usualArchiveBytes = 70 * mib;

/**
 * What an installation needs for a while: the archive, as far as it is kept until it is whole, and the staged tree. A tree
 * that stands there is renamed, and needs room only where the file system may refuse that and it is copied.
 *
 * @param archiveBytes undefined where nobody has stated it
 */
export function estimateTreeRoom(archiveBytes: number | undefined, { mayCopy }: { readonly mayCopy: boolean }): number {
  const archive = archiveBytes ?? usualArchiveBytes;
  return Math.ceil(archive * (1 + treeByArchive + (mayCopy ? treeByArchive : 0)));
}

/** A release has about 15,000 files and directories. */
export const leastTreeInodes = 20_000;
