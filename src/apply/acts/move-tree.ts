import { type InferOutput, literal } from "valibot";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { closed } from "../../host/state/state-shapes.ts";
import type { ApplyPorts, Transaction } from "./act.ts";
import { identify, identifyTree, isSameTree, treeIdentity, treePath } from "./record-parts.ts";

export const moveRecord = closed({ kind: literal("move"), from: treePath, to: treePath, identity: treeIdentity });

export function moveTree(
  { files, system }: ApplyPorts,
  transaction: Transaction,
  from: AbsolutePath,
  to: AbsolutePath,
): void {
  transaction.record({ kind: "move", from, to, identity: identify(files, from) });
  system.rename(from, to);
}

export function undoMove({ files, system }: ApplyPorts, record: InferOutput<typeof moveRecord>): void {
  const { from, to, identity } = record;
  if (files.stat(from) === undefined && isSameTree(identifyTree(files, to), identity)) system.rename(to, from);
}
