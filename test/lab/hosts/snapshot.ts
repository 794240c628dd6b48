import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export interface SnapshotEntry {
  readonly kind: "file" | "directory" | "link" | "other";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeNs: string;
  /** SHA-256 of a file's bytes; empty with `hash: false`, and for anything but a file. */
  readonly sha256: string;
  /** Of a link. */
  readonly target: string;
}

export interface SnapshotOptions {
  /** `false`: mode, size and time only, where 15,000 files needn't be read. Default true. */
  readonly hash?: boolean;
  /** Reads every file, also one that was read before: where power was lost, a time of change says nothing. */
  readonly isReread?: boolean;
  /** Paths, with what lies below them, to leave out. */
  readonly except?: readonly string[];
}

/** What lies at and below `paths`, by host path; a path that doesn't exist has no entry. `locate` says where it lies. */
export function takeSnapshot(
  locate: (path: string) => string,
  paths: readonly string[],
  options: SnapshotOptions = {},
): Map<string, SnapshotEntry> {
  const entries = new Map<string, SnapshotEntry>();
  const except = new Set(options.except);
  const hash = options.hash === false ? () => "" : options.isReread === true ? hashFile : hashOnce;
  const visit = (path: string, real: string): void => {
    if (except.has(path)) return;
    const stat = lstatSync(real, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return;
    entries.set(path, describe(real, stat, hash));
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(real).sort()) visit(join(path, name), join(real, name));
  };
  for (const path of paths) visit(path, locate(path));
  return entries;
}

function describe(real: string, stat: BigIntStats, hash: (real: string, stat: BigIntStats) => string): SnapshotEntry {
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "link" : "other";
  return {
    kind,
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    // How large a directory is depends on the file system and its history, not on what it holds.
    size: kind === "directory" ? 0 : Number(stat.size),
    mtimeNs: String(stat.mtimeNs),
    sha256: kind === "file" ? hash(real, stat) : "",
    target: kind === "link" ? readlinkSync(real) : "",
  };
}

const hashes = new Map<string, string>();
const mostHashes = 200_000;

/**
 * A file is read once as long as it stays the same file with the same time of change, which the kernel sets and no
 * program can. That time has a grain: what had only just changed when it was read is read again.
 */
function hashOnce(real: string, stat: BigIntStats): string {
  const key = [real.replace(/^\/proc\/\d+\/root/, ""), stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(
    " ",
  );
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const readAtMs = Date.now();
  const hash = hashFile(real);
  if (hashes.size >= mostHashes) hashes.clear();
  if (readAtMs - Number(stat.ctimeMs) > 1_000) hashes.set(key, hash);
  return hash;
}

function hashFile(real: string): string {
  return createHash("sha256").update(readFileSync(real)).digest("hex");
}
