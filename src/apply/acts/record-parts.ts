import { type InferOutput, nullable, picklist } from "valibot";
import { ProvisionError } from "../../errors/provision-error.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import type { ReadFiles } from "../../host/ports.ts";
import { accountName, closed, componentPattern, digits, pathWhere } from "../../host/state/state-shapes.ts";

/** Null for the system. Of what is named in a home, the child that works there sees to it that it lies there. */
export const owner = nullable(accountName);

export const notOurs = "a path that is not readygo's";

export const stateFiles: readonly string[] = [places.receipt, places.treeManifest, places.logHead, places.unfinished];

/** Where a tree may be kept or be on its way. */
export const keptTreePath = pathWhere(isKeptTree);
export const treePath = pathWhere((path) => path === places.goroot || isKeptTree(path));

function isKeptTree(path: AbsolutePath): boolean {
  return isBelow(path, places.staging, 1) || isBelow(path, places.staging, 2) || isBelow(path, places.previous, 1);
}

/** Whether a path is `base` and that many components more. */
export function isBelow(path: AbsolutePath, base: AbsolutePath, components: number): boolean {
  const rest = path.startsWith(`${base}/`) ? path.slice(base.length + 1).split("/") : [];
  return rest.length === components && rest.every((name) => componentPattern.test(name));
}

/**
 * How a tree, or a link in its place, is recognised after a crash. The modification time of the root directory is set
 * when it is unpacked and no rename touches it; the inode number of a directory is not stable on an overlay whose
 * layers lie on different file systems (Documentation/filesystems/overlayfs.rst, "Inode properties"), so it is asked
 * only where the time tells nothing: two trees of one second, on a file system or in an image that keeps no more.
 */
export const treeIdentity = closed({ kind: picklist(["directory", "link"]), mtimeNs: digits, inode: digits });
export type TreeIdentity = InferOutput<typeof treeIdentity>;

export function identifyTree(files: ReadFiles, path: AbsolutePath): TreeIdentity | undefined {
  const stat = files.stat(path);
  if (stat === undefined || (stat.kind !== "directory" && stat.kind !== "link")) return undefined;
  return { kind: stat.kind, mtimeNs: stat.mtimeNs, inode: stat.inode };
}

/** @throws ProvisionError `step-failed` where neither a tree nor a link stands there */
export function identify(files: ReadFiles, path: AbsolutePath): TreeIdentity {
  const identity = identifyTree(files, path);
  if (identity === undefined) throw new ProvisionError("step-failed", `${path} is neither a directory nor a link`);
  return identity;
}

export function isSameTree(one: TreeIdentity | undefined, other: TreeIdentity | undefined): boolean {
  return one !== undefined && other !== undefined && one.kind === other.kind && one.mtimeNs === other.mtimeNs;
}
