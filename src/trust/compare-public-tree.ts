import type { ModuleEntry } from "../sources/list-module.ts";
import type { Architecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import { hashTreeAsModule, isFileOutsideModule, isOutsideModule } from "../release/module-hash.ts";
import { hashBytes } from "../release/sha256.ts";
import type { ChecksumRecord } from "./sumdb/checksum-record.ts";
import { type TreeChange, type TreeDifference, type TreeScan, sortByPathBytes } from "../release/tree-manifest.ts";

/**
 * Whether a tree on the disk is what the checksum database has on record, whoever put it there:
 *
 * - `public`: every file that the module has, and no other
 * - `local-toolchain`: the same, but for a go.env that says GOTOOLCHAIN=local where the release says auto, and nothing
 *   else: what distributions and container images do
 * - `different`: anything else
 *
 * It says nothing of `api doc misc test`, of modes and of owners: the module has none of them.
 */
export interface PublicVerdict {
  readonly kind: "public" | "local-toolchain" | "different";
  /** Of the tree as it is. */
  readonly h1: string;
}

interface TreeOnDisk {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** With contents. */
  readonly scan: TreeScan;
  /** The text of go.env; undefined where there is none. */
  readonly goEnv: string | undefined;
}

/** The record is taken as verified, and as this release's. */
export function judgePublicTree(tree: TreeOnDisk, record: Pick<ChecksumRecord, "h1">): PublicVerdict {
  const files = tree.scan.files.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [{ path, sha256 }]));
  const h1 = hashTreeAsModule(tree, files);
  // A link or a device in a tree hides from a hash over files.
  if (listOddKinds(tree.scan).length > 0) return { kind: "different", h1 };
  if (h1 === record.h1) return { kind: "public", h1 };
  const stock = tree.goEnv?.replace(/^GOTOOLCHAIN=local$/m, "GOTOOLCHAIN=auto");
  if (stock === undefined || stock === tree.goEnv) return { kind: "different", h1 };
  const sha256 = hashBytes(Buffer.from(stock));
  const asReleased = files.map((file) => (file.path === "go.env" ? { ...file, sha256 } : file));
  return { kind: hashTreeAsModule(tree, asReleased) === record.h1 ? "local-toolchain" : "different", h1 };
}

/**
 * Names what differs between a tree and its module, from the directory of the module's zip alone. CRC-32 and a directory
 * that nobody signed prove nothing: that something differs is known before, by the log.
 *
 * @param crc32Of of the content of a file of the tree, by its path in it
 */
export function compareWithModule(
  scan: TreeScan,
  entries: readonly ModuleEntry[],
  crc32Of: (path: string) => number,
): TreeDifference {
  const wanted = new Map(entries.map((entry) => [entry.path, entry]));
  const odd = listOddKinds(scan);
  const found = new Set([...scan.files.map(({ path }) => path), ...odd]);
  const added: string[] = odd.filter((path) => !wanted.has(path));
  const changed: TreeChange[] = odd.filter((path) => wanted.has(path)).map((path) => ({ path, what: "kind" }));
  for (const { path, size } of scan.files) {
    const entry = wanted.get(path);
    if (entry === undefined) {
      if (!isFileOutsideModule(path)) added.push(path);
    } else if (entry.size !== size) changed.push({ path, what: "size" });
    else if (entry.crc32 !== crc32Of(path)) changed.push({ path, what: "content" });
  }
  const itself = (path: string): string => path;
  return {
    missing: sortByPathBytes(
      [...wanted.keys()].filter((path) => !found.has(path)),
      itself,
    ),
    added: sortByPathBytes(added, itself),
    changed: sortByPathBytes(changed, ({ path }) => path),
  };
}

/** What is neither file nor directory, where the module could have a file. */
function listOddKinds(scan: TreeScan): string[] {
  return scan.oddities.flatMap(({ path, what }) => (what === "kind" && !isOutsideModule(path) ? [path] : []));
}

/** Of a difference, what the module has a say in. */
export function onlyInModule(difference: TreeDifference): TreeDifference {
  const isInside = (path: string): boolean => !isOutsideModule(path);
  return {
    missing: difference.missing.filter(isInside),
    added: difference.added.filter(isInside),
    changed: difference.changed.filter(({ path, what }) => isInside(path) && what !== "mode" && what !== "owner"),
  };
}
