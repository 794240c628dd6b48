import { type InferOutput, literal } from "valibot";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import { closed } from "../../host/state/state-shapes.ts";
import type { ApplyPorts, Transaction } from "./act.ts";
import { identify, identifyTree, isSameTree, treeIdentity, treePath } from "./record-parts.ts";

export const exchangeRecord = closed({
  kind: literal("exchange"),
  one: treePath,
  other: treePath,
  identityOfOne: treeIdentity,
  identityOfOther: treeIdentity,
});

export function exchangeTrees(
  { files, system }: ApplyPorts,
  transaction: Transaction,
  one: AbsolutePath,
  other: AbsolutePath,
): void {
  const [identityOfOne, identityOfOther] = [identify(files, one), identify(files, other)];
  transaction.record({ kind: "exchange", one, other, identityOfOne, identityOfOther });
  system.exchange(one, other);
}

export function undoExchange({ files, system }: ApplyPorts, record: InferOutput<typeof exchangeRecord>): void {
  const { one, other, identityOfOne, identityOfOther } = record;
  const now = identifyTree(files, one);
  if (!isSameTree(now, identityOfOther)) return;
  if (!isSameTree(identityOfOne, identityOfOther) || now?.inode === identityOfOther.inode) system.exchange(one, other);
}
