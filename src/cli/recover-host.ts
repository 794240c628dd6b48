import { ProvisionError } from "../errors/provision-error.ts";
import { readJournal } from "../apply/journal.ts";
import { warnOfLeftAlone } from "../apply/run-transaction.ts";
import { recoverTransaction } from "../apply/undo.ts";
import { acquireLock, removeStaleLock } from "../host/lock.ts";
import { places } from "../host/places.ts";
import { removeDeadScratch } from "../host/scratch.ts";
import type { Session } from "./session.ts";

/**
 * Ends what an earlier run left unfinished: its new state is kept where it had been committed, else everything is put
 * back. A journal whose run is still at work is its own business: the lock tells.
 *
 * @throws ProvisionError `locked`, `recovery-failed`, `state-invalid`
 */
export async function recoverHost(session: Session, { isLocked = false } = {}): Promise<void> {
  if (session.port.uid !== 0) return;
  if (!isLocked) {
    removeStaleLock(session.files);
    removeDeadScratch();
  }
  const journal = session.files.stat(places.journal);
  if (journal !== undefined && journal.kind !== "file") {
    throw new ProvisionError("state-invalid", `${places.journal} is not a file`, {
      remedy: [`move ${places.journal} away`],
    });
  }
  const isUnfinished = journal !== undefined;
  const isStub = hasEmptyPlaces(session);
  if (!isUnfinished && !isStub) return;
  const lock = isLocked
    ? undefined
    : await acquireLock(
        session.files,
        session.clock,
        "readygo (recovery)",
        session.request.waitSeconds * 1000,
        session.stop,
      );
  try {
    const records = readJournal(session.files);
    // The run that held the lock has ended in the meantime, and has taken its journal along.
    if (session.files.stat(places.journal) === undefined && !isStub) return;
    const { ended, failures, leftAlone } = await recoverTransaction(session, records);
    warnOfLeftAlone(session.emit, { leftAlone });
    if (failures.length > 0) {
      throw new ProvisionError("recovery-failed", "an earlier run was cut off, and not everything could be put back", {
        details: Object.fromEntries(failures.map(({ what, reason }) => [what, reason])),
      });
    }
    const command = records.find((record) => record.kind === "begin")?.command;
    if (command === undefined) return;
    session.emit({
      kind: "notice",
      text: `an earlier ${command} was cut off: ${ended === "finished" ? "it had succeeded, and was finished" : `everything${leftAlone.length > 0 ? " else" : ""} it did was put back`}`,
    });
  } finally {
    lock?.release();
  }
}

/** Cut off before its journal was there, or after it was gone, a run leaves places that hold nothing. */
function hasEmptyPlaces({ files }: Session): boolean {
  const state = files.stat(places.state);
  // One that others can write was not left by us, and is refused.
  const isOurs = state?.uid === 0 && (state.mode & 0o777) === 0o700;
  if (isOurs && files.list(places.state).length === 0) return true;
  if (files.stat(places.store) === undefined) return false;
  return (
    files.stat(places.receipt) === undefined ||
    // What is in it without a journal is of a run whose journal was lost: nobody knows whether it is the only copy.
    (files.stat(places.staging) !== undefined && files.list(places.staging).length === 0) ||
    files.list(places.store).length === 0
  );
}

/**
 * For commands that write nothing: says that what they would look at is the middle of something.
 *
 * @throws ProvisionError `run-unfinished`
 */
export function refuseUnfinished(session: Session): void {
  if (session.files.stat(places.journal) === undefined) return;
  throw new ProvisionError("run-unfinished", "another run is at work, or an earlier one was cut off");
}
