import { posix } from "node:path";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { Emit } from "../errors/event.ts";
import type { FileStat, ReadFiles } from "../host/ports.ts";
import { listAdditions } from "../host/trees/list-additions.ts";
import type { TreeManifest } from "../release/tree-manifest.ts";
import type { GoVersion } from "../release/go-version.ts";
import type { ApplyPorts, Transaction } from "./acts/act.ts";
import { additionsPrefix, moveAddition } from "./acts/move-addition.ts";
import { freeName } from "./plan-retention.ts";

interface ReplacedTree {
  /** Where it lies now: it has left /usr/local/go, or is about to be deleted. */
  readonly tree: AbsolutePath;
  readonly version: GoVersion;
  /** Undefined where it cannot be told what is not the release's. */
  readonly manifest: TreeManifest | undefined;
  /** `--keep-tools`: programs in its bin go to /usr/local/bin. */
  readonly isKeepingTools: boolean;
}

/**
 * Takes what somebody put into a tree of readygo's out of it, by renames, so that it is not deleted with the tree and the
 * tree is whole for `rollback`. Each is named, with where it is now. What cannot be moved (a mount, an overlay's lower
 * directory) is named as well, and stays.
 */
export function keepAdditions(
  ports: ApplyPorts & { readonly emit: Emit },
  transaction: Transaction,
  { tree, version, manifest, isKeepingTools }: ReplacedTree,
): void {
  if (manifest === undefined) return;
  const additions = listAdditions(ports.files, tree, manifest);
  if (additions.length === 0) return;
  const aside = absolutePath(places.previous, freeName(ports.files, `${additionsPrefix}${version}`));
  for (const path of additions) {
    const from = absolutePath(tree, path);
    const stat = ports.files.stat(from);
    if (stat === undefined) continue;
    const tool = absolutePath(places.linkDirectory, posix.basename(path));
    const isMoving = isKeepingTools && isTool(path, stat) && isFree(ports.files, tool);
    const to = isMoving ? tool : absolutePath(aside, path);
    try {
      moveAddition(ports, transaction, { from, to, stat });
      ports.emit({ kind: "warning", text: `${path} in ${places.goroot} was not of ${version}: it is ${to} now` });
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      ports.emit({ kind: "warning", text: `${from} is not of ${version}, and cannot be moved: ${error.message}` });
    }
  }
}

/** A program of root's own: in /usr/local/bin anybody may run it, root as well. */
function isTool(path: string, { kind, uid, mode }: FileStat): boolean {
  return /^bin\/[^/]+$/.test(path) && kind === "file" && uid === 0 && (mode & 0o111) !== 0 && (mode & 0o6022) === 0;
}

function isFree(files: ReadFiles, path: AbsolutePath): boolean {
  const directory = files.stat(places.linkDirectory);
  const isOwn = directory?.kind === "directory" && directory.uid === 0 && (directory.mode & 0o022) === 0;
  return isOwn && files.stat(path) === undefined;
}
