import { type InferOutput, literal } from "valibot";
import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { closed, listOf, pathWhere } from "../../host/state/state-shapes.ts";
import type { SystemFiles } from "../../host/system-files.ts";
import { type ApplyPorts, removeEmptyPlaces, type Transaction } from "./act.ts";
import { isBelow, stateFiles } from "./record-parts.ts";

const deletion = pathWhere(
  (path) =>
    stateFiles.includes(path) ||
    path === places.partial ||
    isBelow(path, places.backups, 1) ||
    isBelow(path, places.previous, 1) ||
    isBelow(path, places.staging, 1),
);

/** From here on the new state holds; only these deletions remain. */
export const commitRecord = closed({ kind: literal("commit"), deletions: listOf(deletion) });

/**
 * The new state holds from here on; what is named is then deleted, as far as the file system lets us.
 *
 * @returns what kept that from being done; the journal stays then, and the next run does it
 */
export function commit(
  { system }: ApplyPorts,
  transaction: Transaction,
  deletions: readonly AbsolutePath[],
): Error | undefined {
  const undoBackups = transaction.records.flatMap((entry) =>
    entry.kind === "write" && entry.before !== null ? [absolutePath(places.backups, entry.before.name)] : [],
  );
  const entry = { kind: "commit", deletions: [...deletions, ...undoBackups, transaction.staging] } as const;
  transaction.record(entry);
  try {
    finishCommit(system, entry);
  } catch (error) {
    const isOfSystem = error instanceof ProvisionError || (error instanceof Error && "syscall" in error);
    if (!isOfSystem) throw error;
    return error;
  }
  return undefined;
}

/** What is left to do after the commit record; safe to repeat. */
export function finishCommit(system: SystemFiles, { deletions }: InferOutput<typeof commitRecord>): void {
  for (const path of deletions) system.removeOwnTree(path);
  // Before the journal goes, so that nothing is left to do once it is gone; the state's own directory only after it.
  removeEmptyPlaces(system);
  system.removeFile(places.journal);
  removeEmptyPlaces(system);
}
