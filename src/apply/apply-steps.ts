import { places } from "../host/places.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { formatStateFile } from "../host/state/state-file.ts";
import type { Change, Plan, Step } from "../plan/plan.ts";
import type { ApplyPorts, Transaction } from "./acts/act.ts";
import { writeState } from "./acts/write-file.ts";

interface StoppablePorts extends ApplyPorts {
  readonly stop: AbortSignal;
}

/** Performs the steps of a plan in its order, as the printed plan has them; a signal ends that between two of them. */
export async function applySteps(
  { stop }: Pick<StoppablePorts, "stop">,
  { steps }: Pick<Plan, "steps">,
  perform: (step: Step) => Promise<Change | undefined>,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const step of steps) {
    stop.throwIfAborted();
    const change = await perform(step);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

interface NewState {
  readonly receipt: Receipt;
  /** The text of the tree's manifest; undefined where the tree stays. */
  readonly manifest: Buffer | undefined;
  /** The newest tree head of the checksum database that may be kept for the next run; undefined: none was seen. */
  readonly newestLogHead?: (() => string | undefined) | undefined;
  /** Throws where a check fails that rolling back can cure. */
  readonly gate: () => Promise<void>;
}

/** Writes what is installed now, once the gate has passed. */
export async function acceptRelease(ports: StoppablePorts, transaction: Transaction, state: NewState): Promise<void> {
  const { receipt, manifest, newestLogHead, gate } = state;
  ports.stop.throwIfAborted();
  await gate();
  ports.stop.throwIfAborted();
  if (manifest !== undefined) await writeState(ports, transaction, places.treeManifest, manifest);
  const note = newestLogHead?.();
  if (note !== undefined && ports.files.read(places.logHead)?.toString("utf8") !== note)
    await writeState(ports, transaction, places.logHead, Buffer.from(note));
  await writeState(ports, transaction, places.receipt, Buffer.from(formatStateFile(receipt, ports.writtenBy)));
}
