import { hashBytes } from "../release/sha256.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { HomeRefusal, type HomeRefusalKind } from "../host/home-refusal.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { JournalRecord } from "./journal.ts";
import {
  finishCommit,
  identifyTree,
  isSameTree,
  putOwned,
  readOwned,
  removeEmptyPlaces,
  removeOriginal,
  type ApplyPorts,
} from "./transaction.ts";

/** Something that undoing has not put back. */
export interface NotUndone {
  readonly what: string;
  readonly reason: string;
}

/** With no failures and nothing left alone, the host is as it was before the transaction began. */
export interface Undone {
  /** What could not be put back; the journal stays, and the next run tries again. */
  readonly failures: readonly NotUndone[];
  /** In homes: what its owner has put in the way of it. That is theirs, and no reason to try for ever. */
  readonly leftAlone: readonly NotUndone[];
}

/**
 * Undoes a transaction from its records, last first. Each undo looks at what is there before it acts, so it is right
 * wherever the run was cut off, and can be repeated. One that fails does not stop the others; then the journal stays.
 */
export async function undoTransaction(ports: ApplyPorts, records: readonly JournalRecord[]): Promise<Undone> {
  let { failures, leftAlone, isRoomMade } = await undoRecords(ports, records);
  // On a full disk a file can be written back once staging is gone.
  if (isRoomMade) ({ failures, leftAlone } = await undoRecords(ports, records));
  if (failures.length > 0) return { failures, leftAlone };
  try {
    for (const record of records) {
      if (record.kind !== "write" || record.before === null) continue;
      const backup = absolutePath(places.backups, record.before.name);
      ports.system.removeFile(backup);
      ports.system.removeTemporary(backup);
    }
    ports.system.removeFile(places.journal);
    removeEmptyPlaces(ports.system);
  } catch (error) {
    return { failures: [toNotUndone("clean up", error)], leftAlone };
  }
  return { failures, leftAlone };
}

/** Room is made where nothing but files could not be written back: then staging was deleted all the same. */
async function undoRecords(
  ports: ApplyPorts,
  records: readonly JournalRecord[],
): Promise<Undone & { readonly isRoomMade: boolean }> {
  const failures: NotUndone[] = [];
  const leftAlone: NotUndone[] = [];
  let isTreeAtStake = false;
  for (const record of records.toReversed()) {
    // What a failed undo left in staging, or as a copy, may be the only one there is.
    if (isTreeAtStake && (record.kind === "stage" || record.kind === "copy")) continue;
    try {
      await undoRecord(ports, record);
    } catch (error) {
      const notUndone = toNotUndone(describeRecord(record), error);
      if (error instanceof HomeRefusal && ownersDoing.has(error.kind)) {
        leftAlone.push(notUndone);
      } else {
        failures.push(notUndone);
        isTreeAtStake ||= record.kind !== "write" || error instanceof HomeRefusal;
      }
    }
  }
  return { failures, leftAlone, isRoomMade: failures.length > 0 && !isTreeAtStake };
}

/** A user who swaps their files while root works must not be able to keep root from ending it. */
const ownersDoing: ReadonlySet<HomeRefusalKind> = new Set([
  "link",
  "kind",
  "size",
  "owner",
  "hard-links",
  "rights",
  "home",
  "changed",
]);

function toNotUndone(what: string, error: unknown): NotUndone {
  return { what, reason: error instanceof Error ? error.message : String(error) };
}

async function undoRecord(ports: ApplyPorts, record: JournalRecord): Promise<void> {
  const { files, system } = ports;
  switch (record.kind) {
    case "begin":
    case "commit":
      return;
    case "stage":
      system.removeOwnTree(record.path);
      return;
    case "make-directory":
      if (record.owner === null) system.removeEmptyDirectory(record.path);
      else await ports.home(record.owner).removeDirectory(record.path);
      return;
    case "remove-directory":
      if (record.owner === null) system.makeDirectory(record.path, 0o755);
      else await ports.home(record.owner).makeDirectory(record.path);
      return;
    case "write": {
      if (record.owner === null) system.removeTemporary(record.path);
      else await ports.home(record.owner).removeTemporary(record.path);
      const now = await readOwned(ports, record.path, record.owner);
      const nowSha256 = now === undefined ? null : hashBytes(now.content);
      // Not as we were about to leave it: the act had not begun, or somebody has written there since.
      if (nowSha256 !== record.after || nowSha256 === (record.before?.sha256 ?? null)) return;
      const backup = record.before === null ? null : readBackup(ports, record.before.name);
      await putOwned(ports, {
        path: record.path,
        owner: record.owner,
        content: backup,
        mode: record.before?.mode ?? 0o644,
        expected: nowSha256,
      });
      return;
    }
    case "move":
      if (files.stat(record.from) === undefined && isSameTree(identifyTree(files, record.to), record.identity)) {
        system.rename(record.to, record.from);
      }
      return;
    case "exchange":
      if (isExchanged(files, record)) system.exchange(record.one, record.other);
      return;
    case "copy":
      system.removeOwnTree(record.copy);
      return;
    case "delete-original":
      // The copy was whole before this record was written, so what is left of the original may go.
      if (files.stat(record.copy) === undefined) return;
      if (files.stat(record.path) !== undefined) removeOriginal(system, record.path);
      system.rename(record.copy, record.path);
      return;
  }
}

function isExchanged(files: ReadFiles, record: JournalRecord & { readonly kind: "exchange" }): boolean {
  const { identityOfOne, identityOfOther } = record;
  const now = identifyTree(files, record.one);
  if (!isSameTree(now, identityOfOther)) return false;
  return !isSameTree(identityOfOne, identityOfOther) || now?.inode === identityOfOther.inode;
}

function readBackup(ports: ApplyPorts, name: string): Buffer {
  const path = absolutePath(places.backups, name);
  const content = ports.files.read(path);
  if (content === undefined) throw new Error(`the backup ${path} is gone`);
  return content;
}

function describeRecord(record: JournalRecord): string {
  const path: AbsolutePath | string =
    "path" in record ? record.path : "from" in record ? record.from : "one" in record ? record.one : "";
  return `${record.kind} ${path}`.trim();
}

/** How an earlier run's unfinished transaction was ended: its new state kept, or put back. */
export async function recoverTransaction(
  ports: ApplyPorts,
  records: readonly JournalRecord[],
): Promise<Undone & { ended: "finished" | "undone" }> {
  const commit = records.find((record) => record.kind === "commit");
  if (commit !== undefined) {
    try {
      finishCommit(ports.system, commit);
    } catch (error) {
      return { ended: "finished", failures: [toNotUndone("clean up", error)], leftAlone: [] };
    }
    return { ended: "finished", failures: [], leftAlone: [] };
  }
  return { ended: "undone", ...(await undoTransaction(ports, records)) };
}
