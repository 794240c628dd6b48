import { recoverHost, withLock } from "./recover-host.ts";
import { readReceipt, type Receipt } from "../host/state/receipt.ts";
import type { Outcome } from "../apply/apply-install.ts";
import { applyRollback, readKeptManifest } from "../apply/apply-rollback.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { observeTree } from "../observe/observe-tree.ts";
import type { ObservedTree } from "../plan/observed-state.ts";
import { planRollback } from "../plan/plan-rollback.ts";
import { listPlannedChanges, type Plan, type RollbackTreeStep } from "../plan/plan.ts";
import { checkWritable, requireRoot } from "./preflight.ts";
import { chooseArchitecture } from "./prepare-install.ts";
import { runGate } from "./run-gate.ts";
import type { Session } from "./session.ts";

/** What came back, and from which release. */
export interface RollbackResult extends Outcome {
  readonly from: Receipt["version"];
  readonly plan: Plan;
}

/** Exchanges the release at /usr/local/go with the one before it. */
export async function rollback(session: Session, options: { readonly isVerifying: boolean }): Promise<RollbackResult> {
  await prepare(session);
  // One that the host does not have would else be found out by the gate, with the other tree in place.
  session.account();
  return withLock(session, async () => rollBack(session, options, requirePrevious(readReceipt(session.files))));
}

/** `back to go1.26.8 linux/amd64`. */
export function titleRollback(plan: Plan): string {
  return `back to ${plan.steps[0]?.after ?? ""}`;
}

/** What `rollback` would do now: nothing is changed but what an earlier run left unfinished. */
export async function previewRollback(
  session: Session,
): Promise<{ readonly version: Receipt["version"]; readonly from: Receipt["version"]; readonly plan: Plan }> {
  const receipt = await prepare(session);
  const { plan, kept } = planFrom(session, receipt);
  return { version: kept.version, from: receipt.version, plan };
}

/** The host's receipt, once nothing of an earlier run is left. */
async function prepare(session: Session): Promise<Receipt> {
  requireRoot(session, "rollback");
  // Before an unfinished run is ended: what refuses has changed nothing.
  const kept = readReceipt(session.files)?.previous[0];
  if (kept !== undefined) readKeptManifest(session, kept);
  await recoverHost(session);
  return requirePrevious(readReceipt(session.files));
}

function planFrom(
  session: Session,
  receipt: Receipt,
): Pick<RollbackResult, "plan"> & Pick<RollbackTreeStep, "kept"> & { readonly tree: ObservedTree } {
  const mountInfo = session.machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const tree = observeTree(session.files, receipt, { mountInfo, isThorough: false });
  if (tree.kind === "mount" || tree.kind === "other")
    throw new ProvisionError("mount-in-the-way", "/usr/local/go cannot be exchanged");
  const plan = planRollback(receipt, tree);
  checkWritable(session, plan);
  const step = plan.steps.find(({ kind }) => kind === "rollback-tree");
  if (step?.kind !== "rollback-tree") throw new Error("a receipt with a previous release gave a plan without a step");
  return { plan, tree, kept: step.kept };
}

function requirePrevious(receipt: Receipt | undefined): Receipt {
  if (receipt !== undefined && receipt.previous.length > 0) return receipt;
  throw new ProvisionError("previous-missing", "there is no previous release to go back to");
}

async function rollBack(
  session: Session,
  options: { readonly isVerifying: boolean },
  receipt: Receipt,
): Promise<RollbackResult> {
  const host = await chooseArchitecture(session, { architecture: undefined, receipt });
  const { plan, kept, tree } = planFrom(session, receipt);
  session.emit({ kind: "plan", title: titleRollback(plan), changes: listPlannedChanges(plan) });
  const outcome = await applyRollback(session, {
    kept,
    receipt,
    tree,
    gate: (installed) =>
      runGate(
        session,
        { ...options, isKeepingFailed: false },
        // It passed layer 3 when it was installed: what rollback promises is to be quick.
        { ...installed, desired: kept, unrunnable: host.unrunnable, isTreeNew: false },
      ),
  });
  return { ...outcome, from: receipt.version, plan };
}
