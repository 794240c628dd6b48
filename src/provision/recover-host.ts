import { readReceipt } from "../host/state/receipt.ts";
import { adviseAdoption, checkOwnPlaces } from "../host/state/own-places.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { readJournal } from "../apply/journal.ts";
import { warnOfRest } from "../apply/run-transaction.ts";
import { recoverTransaction } from "../apply/undo.ts";
import { finishFiles, readUnfinished } from "../apply/unfinished-files.ts";
import { acquireLock, removeStaleLock } from "../host/lock/lock.ts";
import { places } from "../host/places.ts";
import { removeDeadScratch } from "../host/scratch.ts";
import type { Session } from "./session.ts";
import { redactUrl } from "../errors/redact-url.ts";

/**
 * Ends what an earlier run left unfinished: its new state is kept where it had been committed, else everything is rolled
 * back; files in homes that could not be restored then are restored now. A journal whose run is still active is its own
 * business: the lock tells.
 *
 * @throws ProvisionError `locked`, `recovery-failed`, `state-invalid`, `place-unsafe`
 */
export async function recoverHost(session: Session, { isLocked = false } = {}): Promise<void> {
  if (session.port.uid !== 0) return;
  checkOwnPlaces(session.files);
  if (!isLocked) {
    removeStaleLock(session.files);
    removeDeadScratch();
  }
  const hasWork = (): boolean =>
    [places.journal, places.unfinished].some((path) => session.files.stat(path) !== undefined) ||
    hasEmptyPlaces(session);
  if (!hasWork()) return;
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
    // The run that held the lock may have ended in the meantime, and have taken its journal along.
    if (!hasWork()) return;
    // Before anything is undone: where one of them cannot be used, nothing is.
    readReceipt(session.files);
    readUnfinished(session.files);
    // First: what the transaction leaves for the next run has just been tried.
    await finishFiles(session);
    await endTransaction(session);
  } finally {
    lock?.release();
  }
}

async function endTransaction(session: Session): Promise<void> {
  const records = readJournal(session.files);
  if (records.length === 0 && session.files.stat(places.journal) === undefined && !hasEmptyPlaces(session)) return;
  const { ended, failures, warnings } = await recoverTransaction(session, records);
  warnOfRest(session.emit, { warnings });
  if (failures.length > 0) {
    throw new ProvisionError("recovery-failed", "an earlier run was cut off, and not everything could be restored", {
      details: Object.fromEntries(failures.map(({ what, reason }) => [what, reason])),
      ...(failures.some(({ isForGood }) => isForGood) ? { remedy: [adviseAdoption(session.files)] } : {}),
    });
  }
  const command = records.find((record) => record.kind === "begin")?.command;
  if (command === undefined) return;
  const rolledBack = warnings.length > 0 ? "all that could be was rolled back" : "it was rolled back";
  session.emit({
    kind: "notice",
    text: `an earlier ${command} was cut off: ${ended === "finished" ? "it had succeeded, and was finished" : rolledBack}`,
  });
}

/** Cut off before its journal was there, or after it was gone, a run leaves places that hold nothing. */
function hasEmptyPlaces({ files }: Session): boolean {
  const state = files.stat(places.state);
  // A directory that readygo did not make stays.
  const isOurs = (state?.mode ?? 0) % 0o1000 === 0o700;
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
 * @throws ProvisionError `run-unfinished`; as checkOwnPlaces
 */
export function refuseUnfinished(session: Session): void {
  checkOwnPlaces(session.files);
  if (session.files.stat(places.journal) === undefined) return;
  throw new ProvisionError("run-unfinished", "another run is active, or an earlier one was cut off");
}

/**
 * Runs `work` as the only readygo on this host. Whatever was looked at before has to be looked at again: another one may
 * have run, or been cut off, in the meantime.
 *
 * @throws ProvisionError `locked`, and as recoverHost
 */
export async function withLock<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  const command = redactUrl(`readygo ${session.port.argv.join(" ")}`);
  const lock = await acquireLock(
    session.files,
    session.clock,
    command,
    session.request.waitSeconds * 1000,
    session.stop,
  );
  try {
    await recoverHost(session, { isLocked: true });
    return await work();
  } finally {
    lock.release();
  }
}
