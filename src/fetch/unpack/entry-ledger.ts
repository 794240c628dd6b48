import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { HostileArchive } from "./hostile-archive.ts";

/** What an archive has claimed so far. Every method throws HostileArchive for what no release has. */
export interface EntryLedger {
  /** The directories that have to be made for it, outermost first; itself is the last. */
  claimDirectory(path: string): readonly string[];
  /** The directories that have to be made for it, outermost first. `size` is what the archive announces. */
  claimFile(path: string, size: number): readonly string[];
  /** Every directory claimed, the tree itself not among them. */
  directories(): string[];
}

const none: readonly string[] = [];

/** Refuses a path that comes twice, two that differ in case only, a file inside a file, and more than the bounds allow. */
export function createEntryLedger(bounds: ArchiveBounds): EntryLedger {
  const directories = new Set<string>([""]);
  const folded = new Set<string>();
  let unpacked = 0;

  const claim = (path: string): void => {
    const key = path.toLowerCase();
    if (folded.has(key)) {
      throw new HostileArchive("an entry is there twice, or differs from another in case only", path);
    }
    folded.add(key);
    if (folded.size > bounds.entries) throw new HostileArchive(`there are more than ${bounds.entries} entries`, path);
  };

  const claimDirectory = (path: string): readonly string[] => {
    if (directories.has(path)) return none;
    const above = claimParents(path);
    claim(path);
    directories.add(path);
    return [...above, path];
  };

  const claimParents = (path: string): readonly string[] => {
    const slash = path.lastIndexOf("/");
    return slash > 0 ? claimDirectory(path.slice(0, slash)) : none;
  };

  return {
    claimDirectory,
    claimFile(path, size) {
      if (path === "") throw new HostileArchive("the tree itself is no directory");
      if (size > bounds.fileBytes) throw new HostileArchive(`a file is larger than ${bounds.fileBytes} bytes`, path);
      unpacked += size;
      if (unpacked > bounds.unpackedBytes) {
        throw new HostileArchive(`it unpacks to more than ${bounds.unpackedBytes} bytes`, path);
      }
      const above = claimParents(path);
      claim(path);
      return above;
    },
    directories: () => [...directories].slice(1),
  };
}
