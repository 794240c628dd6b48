import { crc32 } from "node:zlib";
import { releaseBounds } from "../../release/archive-bounds.ts";
import { HomeRefusal } from "../home/home-refusal.ts";
import type { ScanObserver } from "./scan-tree.ts";

/** What is looked at, or may be: names in directories, and bytes of files' contents. */
export interface LookUse {
  readonly entries: number;
  readonly bytes: number;
}

/** The most that any release has, a multiple of the largest one: a tree that has more is none, whatever is in it. */
export const mostOfTree: LookUse = { entries: releaseBounds.entries, bytes: releaseBounds.unpackedBytes };

/**
 * Bytes of all paths of a tree together, as JSON has them. go1.26.8's have 0.6 MB; what a process answers of a tree, and
 * what is kept of it, grows with these.
 */
const mostNameBytes = 4 * 1024 * 1024;

/** Which bound a tree goes beyond. `path` is in the tree, `size` of the file; null for a bound on all of it. */
export interface TreeExcess {
  readonly of: "entries" | "bytes" | "file" | "path" | "names";
  readonly path: string | null;
  readonly size: number | null;
}

/** A tree goes beyond a bound: it is not read further. */
export class BeyondBounds extends Error {
  override readonly name = "BeyondBounds";
  readonly excess: TreeExcess;

  constructor(excess: TreeExcess) {
    super(`the tree goes beyond the bound on ${excess.of}`);
    this.excess = excess;
  }
}

/** Counts what a scan looks at, and ends it where that becomes more than `allowed` or than any release has. */
export interface TreeMeter {
  readonly observer: ScanObserver;
  readonly used: LookUse;
  /** CRC-32 of what was read of each file that is not empty, by its path in the tree. */
  readonly crc32: ReadonlyMap<string, number>;
}

/** A file counts by its size before it is read, however little of it lies on the disk. */
export function createTreeMeter(allowed: LookUse): TreeMeter {
  const used = { entries: 0, bytes: 0 };
  const sums = new Map<string, number>();
  let nameBytes = 0;
  let leftOfFile = 0;
  const end = (of: TreeExcess["of"], path: string | null = null, size: number | null = null): never => {
    throw new BeyondBounds({ of, path, size });
  };
  const observer: ScanObserver = {
    onEntry(path) {
      used.entries += 1;
      nameBytes += Buffer.byteLength(JSON.stringify(path));
      if (used.entries > allowed.entries) end("entries");
      if (Buffer.byteLength(path) > releaseBounds.pathBytes) end("path", path.slice(0, releaseBounds.pathBytes));
      if (nameBytes > mostNameBytes) end("names");
    },
    onFile(path, size) {
      if (size > releaseBounds.fileBytes) end("file", path, size);
      if (used.bytes + size > allowed.bytes) end("bytes");
      leftOfFile = size;
    },
    onContent(path, bytes) {
      used.bytes += bytes.length;
      leftOfFile -= bytes.length;
      if (leftOfFile < 0) throw new HomeRefusal("changed", path, `somebody else is changing it (${path} grows)`);
      sums.set(path, crc32(bytes, sums.get(path) ?? 0));
    },
  };
  return { observer, used, crc32: sums };
}
