import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { type Architecture, parseElfArchitecture } from "../../release/architecture.ts";
import type { TreeScan } from "../../release/tree-manifest.ts";
import { HomeRefusal } from "../home/home-refusal.ts";
import { isErrno } from "../real-files.ts";
import { scanTree } from "./scan-tree.ts";
import type { TreeMeter } from "./tree-bounds.ts";

/** What a tree says that it is. */
export interface GoTreeName {
  /** The first line of VERSION; "" where it has none. */
  readonly version: string;
  /** Of bin/go; null where that is no program for an architecture that readygo knows. */
  readonly architecture: Architecture | null;
}

/** All that tells which release a tree is, and where it differs from it; plain data, which comes from another process. */
export interface GoTreeSurvey extends GoTreeName {
  /** The text of go.env; null where there is none. */
  readonly goEnv: string | null;
  /** With contents; of the oddities only what is neither a plain file nor a directory: owners and modes prove nothing here. */
  readonly scan: TreeScan;
  /** Of each of the scan's files, in their order. */
  readonly crc32: readonly number[];
}

const mostTextBytes = 65_536;

/** Reads what tells a tree's version and architecture, blocking. Throws what node:fs throws. @param real physical path */
export function readGoTreeName(real: string): GoTreeName {
  return {
    version: readText(`${real}/VERSION`)?.split("\n")[0] ?? "",
    architecture: parseElfArchitecture(readStart(`${real}/bin/go`, 64) ?? new Uint8Array()) ?? null,
  };
}

/**
 * Reads a whole tree once, blocking, and follows no link in it. Throws what node:fs throws, BeyondBounds, and HomeRefusal
 * `changed` where somebody changes the tree meanwhile, as far as that shows.
 *
 * @param real physical path
 */
export function surveyGoTree(real: string, meter: TreeMeter): GoTreeSurvey {
  const scan = scanTree(real, { hash: true, observer: meter.observer });
  const oddities = scan.oddities.filter(({ what }) => what === "kind");
  for (const { path } of oddities) requireStillThere(real, path);
  return {
    ...readGoTreeName(real),
    goEnv: readText(`${real}/go.env`) ?? null,
    scan: { ...scan, oddities },
    crc32: scan.files.map(({ path }) => meter.crc32.get(path) ?? 0),
  };
}

/** What was listed and is gone counts as a difference; so is a name that is no UTF-8, which cannot be asked for by its text. */
function requireStillThere(real: string, path: string): void {
  if (path.includes("\ufffd") || lstatSync(`${real}/${path}`, { throwIfNoEntry: false }) !== undefined) return;
  throw new HomeRefusal("changed", path, `somebody else is changing it (${path} has gone)`);
}

function readText(real: string): string | undefined {
  return readStart(real, mostTextBytes)?.toString("utf8");
}

/** The first bytes of a plain file; undefined where there is none. */
function readStart(real: string, bytes: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP", "ENXIO")) return undefined;
    throw error;
  }
  try {
    if (!fstatSync(file).isFile()) return undefined;
    const start = Buffer.alloc(bytes);
    return start.subarray(0, readSync(file, start, 0, bytes, 0));
  } finally {
    closeSync(file);
  }
}
