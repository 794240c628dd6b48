import { scanTree } from "./scan-tree.ts";
import type { TreeManifest, TreeScan } from "../../release/tree-manifest.ts";

/** What is known of a tree's contents from when they were written or read last. */
export interface KnownHashes {
  readonly manifest: TreeManifest;
  /** Milliseconds since 1970 at which all of them held. */
  readonly atMs: number;
}

/**
 * `scanTree` with contents, of which only those are read anew that may be others than the manifest's. A file's change time
 * (ctime) moves with each write, and with every change of size, mode, owner and modification time; no call sets it. Where a
 * clock was set back, that cannot be seen: only root can do that.
 *
 * @param root physical path
 */
export function scanHashedTree(root: string, { manifest, atMs }: KnownHashes): TreeScan {
  const known = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  const scan = scanTree(root, { hash: (path, { ctimeMs }) => ctimeMs > atMs || !known.has(path) });
  return { ...scan, files: scan.files.map((file) => ({ ...file, sha256: file.sha256 ?? known.get(file.path) })) };
}
