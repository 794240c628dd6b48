import { readReceipt } from "../host/state/receipt.ts";
import { posix } from "node:path";
import { readJournal } from "../apply/journal.ts";
import { warnOfRest } from "../apply/run-transaction.ts";
import { recoverTransaction } from "../apply/undo.ts";
import { readUnfinished } from "../apply/unfinished-files.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { checkOwnPlaces, findPlaceProblem } from "../host/state/own-places.ts";
import { places } from "../host/places.ts";
import { acquireLock } from "../host/lock/lock.ts";
import type { Session } from "./session.ts";

/**
 * For `install --adopt`: sets aside, by a rename, what of readygo's own state cannot be used, so that the run goes on
 * with the host as it is. Nothing is deleted. True where anything was set aside.
 *
 * @throws ProvisionError `place-unsafe` where a directory above readygo's places is open; `locked`
 */
export async function adoptHost(session: Session): Promise<boolean> {
  const { files } = session;
  const aside = createAside(session);
  const setPlacesAside = (isMeant: (path: AbsolutePath) => boolean): void => {
    for (let problem = findPlaceProblem(files); problem !== undefined; problem = findPlaceProblem(files)) {
      if (!problem.isOwn) checkOwnPlaces(files);
      if (!isMeant(problem.path)) return;
      aside.set(problem.path);
    }
  };
  // The lock's own place first: no run can hold a lock where others can.
  setPlacesAside((path) => path === places.runDirectory || path === places.lock);
  const waitMs = session.request.waitSeconds * 1000;
  const lock = await acquireLock(files, session.clock, "readygo install --adopt", waitMs, session.stop);
  try {
    setPlacesAside(() => true);
    await endOrSetAside(session, aside);
    if (!isReadable(() => readUnfinished(files))) aside.set(places.unfinished);
    if (!isReadable(() => readReceipt(files))) {
      aside.set(places.receipt);
      // They are the receipt's: `uninstall` deletes what no receipt names.
      if (files.stat(places.backups) !== undefined) aside.set(places.backups);
    }
    return aside.isUsed();
  } finally {
    lock.release();
  }
}

interface Aside {
  set(path: AbsolutePath): void;
  isUsed(): boolean;
}

function createAside({ files, system, clock, emit }: Session): Aside {
  const suffix = `set-aside-${clock.now().toISOString().replaceAll(/[-:.]/g, "")}`;
  let isUsed = false;
  return {
    set(path) {
      const above = posix.dirname(path);
      // Out of directories whose every file has a meaning.
      const directory = above === places.backups || above === places.previous ? posix.dirname(above) : above;
      const to = absolutePath(directory, `${posix.basename(path)}.${suffix}`);
      system.rename(path, to);
      isUsed = true;
      emit({ kind: "warning", text: `${files.locate(path)} cannot be used, and is now ${files.locate(to)}` });
    },
    isUsed: () => isUsed,
  };
}

/** An unfinished run is ended as always; where that cannot be done, its journal is set aside, and what it did stays. */
async function endOrSetAside(session: Session, aside: Aside): Promise<void> {
  if (session.files.stat(places.journal) === undefined) return;
  try {
    const { failures, warnings } = await recoverTransaction(session, readJournal(session.files));
    warnOfRest(session.emit, { warnings });
    if (failures.length === 0) return;
    for (const { what, reason } of failures) session.emit({ kind: "warning", text: `not undone: ${what}: ${reason}` });
  } catch (error) {
    if (!(error instanceof ProvisionError) || error.code !== "state-invalid") throw error;
  }
  aside.set(places.journal);
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof ProvisionError && error.code === "state-invalid") return false;
    throw error;
  }
}
