import { posix } from "node:path";
import { type InferOutput, literal } from "valibot";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import type { FileStat } from "../../host/ports.ts";
import { closed, digits, pathWhere } from "../../host/state/state-shapes.ts";
import type { ApplyPorts, Transaction } from "./act.ts";
import { isBelow } from "./record-parts.ts";

/** Where what somebody put into a tree of readygo's is kept when that tree goes; readygo never deletes it. */
export const additionsPrefix = "added-to-";

export const moveAdditionRecord = closed({
  kind: literal("move-addition"),
  from: pathWhere((path) => path.startsWith(`${places.previous}/`) || path.startsWith(`${places.staging}/`)),
  to: pathWhere(
    (path) => path.startsWith(`${places.previous}/${additionsPrefix}`) || isBelow(path, places.linkDirectory, 1),
  ),
  inode: digits,
  mtimeNs: digits,
});

/** Renames one file, directory or link, and makes the directories above its new place. */
export function moveAddition(
  { files, system }: ApplyPorts,
  transaction: Transaction,
  { from, to, stat }: { readonly from: AbsolutePath; readonly to: AbsolutePath; readonly stat: FileStat },
): void {
  transaction.record({ kind: "move-addition", from, to, inode: stat.inode, mtimeNs: stat.mtimeNs });
  for (const directory of listAbove(to))
    if (files.stat(directory) === undefined) system.makeDirectory(directory, 0o755);
  system.rename(from, to);
}

export function undoMoveAddition({ files, system }: ApplyPorts, record: InferOutput<typeof moveAdditionRecord>): void {
  const { from, to, inode, mtimeNs } = record;
  const found = files.stat(to);
  if (files.stat(from) === undefined && found?.mtimeNs === mtimeNs && found.inode === inode) system.rename(to, from);
  for (const directory of listAbove(to).toReversed()) system.removeEmptyDirectory(directory);
}

/** The directories of readygo's own between previous/ and the path, outermost first. */
function listAbove(path: AbsolutePath): readonly AbsolutePath[] {
  const above = absolutePath(posix.dirname(path));
  return above.startsWith(`${places.previous}/`) ? [...listAbove(above), above] : [];
}
