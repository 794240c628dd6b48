import { posix } from "node:path";
import { type InferOutput, literal } from "valibot";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { closed } from "../../host/state/state-shapes.ts";
import type { SystemFiles } from "../../host/system-files.ts";
import type { ApplyPorts, Transaction } from "./act.ts";
import { identify, keptTreePath, treeIdentity, treePath } from "./record-parts.ts";

/** The file system refuses to rename `path`: it is copied to `copy`; nothing of it is deleted before `delete-original`. */
export const copyRecord = closed({ kind: literal("copy"), path: treePath, copy: keptTreePath });
export const deleteOriginalRecord = closed({
  kind: literal("delete-original"),
  path: treePath,
  copy: keptTreePath,
  identity: treeIdentity,
});

/** Copies what stands at `path`, then deletes it: for file systems that refuse to rename it. */
export function displaceByCopy(
  { files, system }: ApplyPorts,
  transaction: Transaction,
  path: AbsolutePath,
  copy: AbsolutePath,
): void {
  const identity = identify(files, path);
  transaction.record({ kind: "copy", path, copy });
  system.copyTree(path, copy);
  // The directory around it: what was copied may be a link that leads nowhere.
  system.syncFileSystem(absolutePath(posix.dirname(copy)));
  transaction.record({ kind: "delete-original", path, copy, identity });
  removeOriginal(system, path);
}

export function undoCopy({ system }: ApplyPorts, { copy }: InferOutput<typeof copyRecord>): void {
  system.removeOwnTree(copy);
}

/** The copy was whole before this record was written, so what is left of the original may go. */
export function undoDeleteOriginal(
  { files, system }: ApplyPorts,
  { path, copy }: InferOutput<typeof deleteOriginalRecord>,
): void {
  if (files.stat(copy) === undefined) return;
  if (files.stat(path) !== undefined) removeOriginal(system, path);
  system.rename(copy, path);
}

/** What was copied first: what stands at /usr/local/go, or a tree of readygo's own. */
function removeOriginal(system: SystemFiles, path: AbsolutePath): void {
  if (path === places.goroot) system.removeReplacedTree(path);
  else system.removeOwnTree(path);
}
