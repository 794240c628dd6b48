import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { HomeRefusal } from "../host/home/home-refusal.ts";
import { places } from "../host/places.ts";
import { type ApplyPorts, removeEmptyPlaces } from "./acts/act.ts";
import { undoMakeDirectory, undoRemoveDirectory } from "./acts/change-directory.ts";
import { undoLink } from "./acts/change-link.ts";
import { finishCommit } from "./acts/commit.ts";
import { undoCopy, undoDeleteOriginal } from "./acts/displace-by-copy.ts";
import { undoExchange } from "./acts/exchange-trees.ts";
import { undoMoveAddition } from "./acts/move-addition.ts";
import { undoMove } from "./acts/move-tree.ts";
import { undoStage } from "./acts/stage.ts";
import { LostBackup, undoWrite, type WriteRecord } from "./acts/write-file.ts";
import type { JournalRecord } from "./journal.ts";
import {
  describeUnfinished,
  isPassing,
  mergeUnfinished,
  readUnfinished,
  storeUnfinished,
  type UnfinishedFile,
} from "./unfinished-files.ts";

/** Something that undoing has not restored. */
export interface NotUndone {
  readonly what: string;
  readonly reason: string;
  /** Whether trying again cannot help: what was to be written back is gone. */
  readonly isForGood: boolean;
}

/** With no failures and no warnings, the host is as it was before the transaction began. */
export interface Undone {
  /** What could not be restored; the journal stays, and the next run tries again. */
  readonly failures: readonly NotUndone[];
  /** In homes, or for want of a backup: what is not as it was, and holds nobody up. */
  readonly warnings: readonly string[];
}

/** What undoing one record has to say, where it could not do all of it. */
type Rest = { readonly kind: "warning"; readonly text: string } | { readonly kind: "unfinished"; readonly file: UnfinishedFile }; // prettier-ignore

/**
 * Undoes a transaction from its records, last first. Each undo looks at what is there before it acts, so it is right
 * wherever the run was cut off, and can be repeated. One that fails does not stop the others; then the journal stays.
 * A home that gives no answer, or whose owner stands in the way, holds nobody up: what it needs is kept for the next run.
 */
export async function undoTransaction(ports: ApplyPorts, records: readonly JournalRecord[]): Promise<Undone> {
  let { failures, rests, isRoomMade } = await undoRecords(ports, records);
  // On a full disk a file can be written back once staging is gone.
  if (isRoomMade) ({ failures, rests } = await undoRecords(ports, records));
  const unfinished = rests.flatMap((rest) => (rest.kind === "unfinished" ? [rest.file] : []));
  const warnings = rests.map((rest) => (rest.kind === "warning" ? rest.text : describeUnfinished(rest.file)));
  if (failures.length > 0) return { failures, warnings };
  try {
    if (unfinished.length > 0) storeUnfinished(ports, mergeUnfinished(readUnfinished(ports.files), unfinished));
    const needed = new Set(unfinished.map(({ before }) => before?.backup));
    for (const record of records) {
      if (record.kind !== "write" || record.before === null || needed.has(record.before.name)) continue;
      const backup = absolutePath(places.backups, record.before.name);
      ports.system.removeFile(backup);
      ports.system.removeTemporary(backup);
    }
    ports.system.removeFile(places.journal);
    removeEmptyPlaces(ports.system);
  } catch (error) {
    return { failures: [toNotUndone("clean up", error)], warnings };
  }
  return { failures, warnings };
}

/** Room is made where nothing but files could not be written back: then staging was deleted all the same. */
async function undoRecords(
  ports: ApplyPorts,
  records: readonly JournalRecord[],
): Promise<{ readonly failures: readonly NotUndone[]; readonly rests: readonly Rest[]; readonly isRoomMade: boolean }> {
  const failures: NotUndone[] = [];
  const rests: Rest[] = [];
  let isTreeAtStake = false;
  for (const record of records.toReversed()) {
    // What a failed undo left in staging, or as a copy, may be the only one there is.
    if (isTreeAtStake && (record.kind === "stage" || record.kind === "copy")) continue;
    try {
      const warning = await undoRecord(ports, record);
      if (warning !== undefined) rests.push({ kind: "warning", text: warning });
    } catch (error) {
      const rest = leaveToOwner(record, records, error);
      if (rest !== undefined) {
        rests.push(rest);
      } else {
        failures.push(toNotUndone(describeRecord(record), error));
        isTreeAtStake ||= record.kind !== "write" || error instanceof HomeRefusal;
      }
    }
  }
  return { failures, rests, isRoomMade: failures.length > 0 && !isTreeAtStake };
}

/** What is no reason to try for ever: undefined for a failure that is. */
function leaveToOwner(record: JournalRecord, records: readonly JournalRecord[], error: unknown): Rest | undefined {
  const isAccountGone = error instanceof ProvisionError && error.code === "user-unknown";
  if (!("owner" in record) || record.owner === null || !(error instanceof HomeRefusal || isAccountGone))
    return undefined;
  // An administrator's read-only mount, not the owner's doing: the journal waits for it.
  if (error instanceof HomeRefusal && error.kind === "read-only") return undefined;
  if (record.kind !== "write" || !isPassing(error)) {
    return { kind: "warning", text: `${describeRecord(record)} is not undone: ${error.message}` };
  }
  return { kind: "unfinished", file: toUnfinished({ ...record, owner: record.owner }, records, error.message) };
}

function toUnfinished(
  record: WriteRecord & { readonly owner: string },
  records: readonly JournalRecord[],
  reason: string,
): UnfinishedFile {
  const { path, owner, after, before } = record;
  const begin = records.find(({ kind }) => kind === "begin");
  return {
    path,
    owner,
    left: after,
    before: before === null ? null : { backup: before.name, sha256: before.sha256, mode: before.mode },
    createdDirectories: records.flatMap((other) =>
      other.kind === "make-directory" && other.owner === owner && path.startsWith(`${other.path}/`) ? [other.path] : [],
    ),
    isUndo: true,
    since: begin?.kind === "begin" ? begin.at : new Date(0).toISOString(),
    reason,
  };
}

function toNotUndone(what: string, error: unknown): NotUndone {
  return {
    what,
    reason: error instanceof Error ? error.message : String(error),
    isForGood: error instanceof LostBackup,
  };
}

/** A warning where not all could be undone for want of a whole backup. */
async function undoRecord(ports: ApplyPorts, record: JournalRecord): Promise<string | undefined> {
  switch (record.kind) {
    case "begin":
    case "commit":
      break;
    case "stage":
      undoStage(ports, record);
      break;
    case "make-directory":
      await undoMakeDirectory(ports, record);
      break;
    case "remove-directory":
      await undoRemoveDirectory(ports, record);
      break;
    case "write":
      return await undoWrite(ports, record);
    case "link":
      undoLink(ports, record);
      break;
    case "move":
      undoMove(ports, record);
      break;
    case "move-addition":
      undoMoveAddition(ports, record);
      break;
    case "exchange":
      undoExchange(ports, record);
      break;
    case "copy":
      undoCopy(ports, record);
      break;
    case "delete-original":
      undoDeleteOriginal(ports, record);
      break;
  }
  return undefined;
}

function describeRecord(record: JournalRecord): string {
  const path: AbsolutePath | string =
    "path" in record ? record.path : "from" in record ? record.from : "one" in record ? record.one : "";
  return `${record.kind} ${path}`.trim();
}

/** How an earlier run's unfinished transaction was ended: its new state kept, or rolled back. */
export async function recoverTransaction(
  ports: ApplyPorts,
  records: readonly JournalRecord[],
): Promise<Undone & { ended: "finished" | "undone" }> {
  const commit = records.find((record) => record.kind === "commit");
  if (commit !== undefined) {
    try {
      finishCommit(ports.system, commit);
    } catch (error) {
      return { ended: "finished", failures: [toNotUndone("clean up", error)], warnings: [] };
    }
    return { ended: "finished", failures: [], warnings: [] };
  }
  return { ended: "undone", ...(await undoTransaction(ports, records)) };
}
