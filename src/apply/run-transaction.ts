import { ProvisionError } from "../errors/provision-error.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { HomeRefusal } from "../host/home/home-refusal.ts";
import type { Clock } from "../host/ports.ts";
import type { Emit } from "../errors/event.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import { type ApplyPorts, makePlaces, type Transaction } from "./acts/act.ts";
import { commit } from "./acts/commit.ts";
import { makeStaging } from "./acts/stage.ts";
import { type JournalRecord, openJournal, readJournal } from "./journal.ts";
import { recoverTransaction, undoTransaction, type Undone } from "./undo.ts";

/** What is to become of a transaction whose work is done. */
export interface Done<Result> {
  readonly result: Result;
  /** What the new state has no use for. */
  readonly deletions: readonly AbsolutePath[];
}

/**
 * Runs `work` inside a transaction, and commits. Whatever it throws, a signal's abort included, everything is rolled back
 * first, and then it is thrown on: a ProvisionError as it is, anything else as `step-failed`.
 *
 * @throws ProvisionError `recovery-failed` where rolling back failed; the journal stays for the next run
 */
export async function runTransaction<Result>(
  ports: ApplyPorts & { readonly clock: Clock; readonly stop: AbortSignal; readonly emit: Emit },
  command: string,
  work: (transaction: Transaction) => Promise<Done<Result>>,
): Promise<Result> {
  const transaction = await begin(ports, command);
  try {
    const { result, deletions } = await work(transaction);
    const left = commit(ports, transaction, deletions);
    if (left !== undefined) {
      ports.emit({
        kind: "warning",
        text: `it is done, but for left-overs that the next run deletes: ${left.message}`,
      });
    }
    return result;
  } catch (error) {
    if (transaction.records.some((record) => record.kind === "commit")) throw error;
    const undone = await undoTransaction(ports, transaction.records);
    warnOfRest(ports.emit, undone);
    throwIfAny(undone, error);
    if (ports.stop.aborted) throw ports.stop.reason;
    throw toProvisionError(error);
  }
}

async function begin(ports: ApplyPorts & { readonly clock: Clock }, command: string): Promise<Transaction> {
  try {
    return beginTransaction(ports, command, ports.clock.now());
  } catch (error) {
    // A full or read-only file system. The journal may lack what was about to be written to it; its act was not done.
    throwIfAny(await recoverTransaction(ports, readJournal(ports.files)), error);
    throw toProvisionError(error);
  }
}

/** Begins: the journal and the staging directory are on the disk when this returns. */
export function beginTransaction(ports: ApplyPorts, command: string, now: Date): Transaction {
  const id = now.toISOString().replaceAll(/[-:.]/g, "");
  const staging = absolutePath(places.staging, id);
  const records: JournalRecord[] = [];
  const journal = openJournal(ports.system, ports.writtenBy);
  const record = (entry: JournalRecord): void => {
    journal.append(entry);
    records.push(entry);
  };
  makePlaces(ports.system);
  ports.system.syncDirectory(places.usrLocal);
  record({ kind: "begin", id, command, at: now.toISOString() });
  record({ kind: "stage", path: staging });
  ports.system.syncDirectory(places.state);
  makeStaging(ports, staging);
  return { id, records, staging, record };
}

export function warnOfRest(emit: Emit, { warnings }: Pick<Undone, "warnings">): void {
  for (const text of warnings) emit({ kind: "warning", text });
}

function throwIfAny({ failures }: Undone, cause: unknown): void {
  if (failures.length === 0) return;
  throw new ProvisionError("recovery-failed", "a step failed, and not everything could be rolled back", {
    details: Object.fromEntries(failures.map(({ what, reason }) => [what, reason])),
    cause,
  });
}

function toProvisionError(error: unknown): unknown {
  if (error instanceof ProvisionError || error instanceof RequestFailure) return error;
  if (error instanceof HomeRefusal) {
    return new ProvisionError("step-failed", `${error.path} cannot be changed: ${error.message}`, { cause: error });
  }
  // An errno is the world's doing; anything else is a bug, and keeps its stack.
  if (error instanceof Error && "code" in error && "syscall" in error) {
    return new ProvisionError("step-failed", "a step failed; everything was rolled back", { cause: error });
  }
  return error;
}
