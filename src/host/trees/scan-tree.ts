import { createHash, hash as hashOf } from "node:crypto";
import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  opendirSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from "node:fs";
import type { Sha256 } from "../../release/sha256.ts";
import { sortByPathBytes, type TreeChange, type TreeScan } from "../../release/tree-manifest.ts";

type ScannedFile = TreeScan["files"][number];

/** Sees what a scan meets before more is read of it; what it throws ends the scan. Paths are relative to the tree. */
export interface ScanObserver {
  /** A name in a directory that is being listed. */
  onEntry(path: string): void;
  /** A plain file whose content is read next. @param size bytes, as the file system states it */
  onFile(path: string, size: number): void;
  /** Content of that file, piece by piece; the buffer is used again. */
  onContent(path: string, bytes: Buffer): void;
}

export interface ScanOptions {
  /** Whether contents are read: of all files, or of those of which it says so. */
  readonly hash: boolean | ((path: string, stat: Stats) => boolean);
  readonly observer?: ScanObserver;
}

/**
 * All that lies below `root`, read blocking (go1.26.8's 15,036 files: 0.15 s, with `hash` 0.6 s). No link is followed and
 * no other file system's rules are assumed: what is neither a plain file nor a directory, what is not root's, and
 * directories that are not 0755 are reported as oddities. A root that is not there or no directory is the one oddity ".".
 * Throws what node:fs throws, except for what disappears while it looks, and what the observer throws.
 *
 * @param root physical path
 */
export function scanTree(root: string, { hash, observer }: ScanOptions): TreeScan {
  const files: ScannedFile[] = [];
  const directories: string[] = [];
  const oddities: TreeChange[] = [];
  const read = createHashReader(observer);
  const isRead = typeof hash === "boolean" ? () => hash : hash;

  const checkOwner = (path: string, stat: Stats): void => {
    if (stat.uid !== 0) oddities.push({ path, what: "owner" });
  };
  const enter = (path: string, stat: Stats): void => {
    checkOwner(path, stat);
    if ((stat.mode & 0o7777) !== 0o755) oddities.push({ path, what: "mode" });
  };

  const take = (path: string, entry: Dirent): boolean => {
    const stat = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
    // A name that is no UTF-8 cannot be asked for by its text; no release has one.
    if (stat === undefined || !(stat.isFile() || stat.isDirectory()) || stat.isFile() !== entry.isFile()) {
      oddities.push({ path, what: "kind" });
      return false;
    }
    if (stat.isDirectory()) {
      directories.push(path);
      enter(path, stat);
      return true;
    }
    checkOwner(path, stat);
    observer?.onFile(path, stat.size);
    const sha256 = isRead(path, stat) ? read(`${root}/${path}`, path) : undefined;
    files.push({ path, mode: stat.mode & 0o7777, size: stat.size, sha256 });
    return false;
  };

  const walk = (above: string): void => {
    for (const entry of listDirectory(`${root}/${above}`, above, observer)) {
      if (take(above + entry.name, entry)) walk(`${above}${entry.name}/`);
    }
  };

  const stat = lstatSync(root, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) {
    enter(".", stat);
    walk("");
  } else {
    oddities.push({ path: ".", what: "kind" });
  }
  return {
    files: sortByPathBytes(files, ({ path }) => path),
    directories: sortByPathBytes(directories, (path) => path),
    oddities: sortByPathBytes(oddities, ({ path }) => path),
  };
}

/** With an observer in pieces, so that it can end the listing of a directory that has millions of names. */
function listDirectory(real: string, above: string, observer: ScanObserver | undefined): readonly Dirent[] {
  if (observer === undefined) return readdirSync(real, { withFileTypes: true });
  const directory = opendirSync(real, { bufferSize: 256 });
  try {
    const entries: Dirent[] = [];
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      observer.onEntry(above + entry.name);
      entries.push(entry);
    }
    return entries;
  } finally {
    directory.closeSync();
  }
}

/** One buffer for all files: those of up to 1 MiB are read by one call and hashed by one more. */
function createHashReader(observer: ScanObserver | undefined): (real: string, path: string) => Sha256 {
  const buffer = Buffer.allocUnsafe(1 << 20);
  return (real, path) => {
    const file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const first = readSync(file, buffer, 0, buffer.length, null);
      observer?.onContent(path, buffer.subarray(0, first));
      if (first < buffer.length) return hashOf("sha256", buffer.subarray(0, first), "hex") as Sha256;
      const digest = createHash("sha256");
      for (let count = first; count > 0;) {
        digest.update(buffer.subarray(0, count));
        count = readSync(file, buffer, 0, buffer.length, null);
        observer?.onContent(path, buffer.subarray(0, count));
      }
      return digest.digest("hex") as Sha256;
    } finally {
      closeSync(file);
    }
  };
}
