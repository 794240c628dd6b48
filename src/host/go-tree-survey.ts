import { closeSync, constants, openSync, readSync } from "node:fs";
import { type Architecture, parseElfArchitecture } from "../release/architecture.ts";
import { releaseBounds } from "../release/archive-bounds.ts";
import type { TreeScan } from "../release/tree-manifest.ts";
import { createCrc32Reader } from "./file-crc32.ts";
import { scanTree } from "./scan-tree.ts";

/** All that tells which release a tree is, and where it differs from it; plain data, which can come from another process. */
export interface GoTreeSurvey {
  /** The first line of VERSION; "" where it has none. */
  readonly version: string;
  /** Of bin/go; null where that is no program for an architecture that readygo knows. */
  readonly architecture: Architecture | null;
  /** The text of go.env; null where there is none. */
  readonly goEnv: string | null;
  /** With contents. */
  readonly scan: TreeScan;
  /** Of each of the scan's files, in their order. */
  readonly crc32: readonly number[];
}

const mostTextBytes = 65_536;

/**
 * Reads a whole tree, blocking, and follows no link in it. Throws what node:fs throws, and a plain Error for a tree of
 * more files than any release has.
 *
 * @param real physical path
 */
export function surveyGoTree(real: string): GoTreeSurvey {
  const scan = scanTree(real, { hash: true });
  if (scan.files.length > releaseBounds.entries)
    throw new Error(`${scan.files.length} files are more than any release has`);
  const plain = new Set(scan.files.map(({ path }) => path));
  const readStart = (path: string, bytes: number): Buffer | undefined =>
    plain.has(path) ? readFileStart(`${real}/${path}`, bytes) : undefined;
  const readCrc32 = createCrc32Reader();
  return {
    version: readStart("VERSION", mostTextBytes)?.toString("utf8").split("\n")[0] ?? "",
    architecture: parseElfArchitecture(readStart("bin/go", 64) ?? new Uint8Array()) ?? null,
    goEnv: readStart("go.env", mostTextBytes)?.toString("utf8") ?? null,
    scan,
    crc32: scan.files.map(({ path }) => readCrc32(`${real}/${path}`)),
  };
}

function readFileStart(real: string, bytes: number): Buffer {
  const file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const start = Buffer.alloc(bytes);
    return start.subarray(0, readSync(file, start, 0, bytes, 0));
  } finally {
    closeSync(file);
  }
}
