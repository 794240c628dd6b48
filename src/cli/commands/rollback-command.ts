import { applyRollback, readKeptManifest } from "../../apply/apply-rollback.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { readReceipt } from "../../host/state/read-receipt.ts";
import type { Receipt } from "../../host/state/receipt.ts";
import { observeTree } from "../../observe/observe-tree.ts";
import { planRollback } from "../../plan/plan-rollback.ts";
import { describeSteps } from "../../report/format-plan.ts";
import type { Command, CommandResult } from "../command.ts";
import { checkOptions, gateOptions, shellOptions } from "../options.ts";
import { requireRoot } from "../../provision/preflight.ts";
import { settleArchitecture } from "../../provision/prepare-install.ts";
import { recoverHost } from "../../provision/recover-host.ts";
import { runGate } from "../../provision/run-gate.ts";
import type { Session } from "../../provision/session.ts";
import { withLock } from "../../provision/with-lock.ts";
import { readFlag, type Values } from "../values.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  positional: undefined,
  summary: "Back to the previous release at once; again: forward",
  options: { user: shellOptions.user, verify: gateOptions.verify, ...checkOptions },
  examples: [
    ["rollback", "the release before this one, at once"],
    ["rollback --no-verify", "without running shells and go first"],
  ],
  async run(session, values) {
    requireRoot(session, "rollback");
    // Before an unfinished run is ended: what refuses has changed nothing.
    const kept = readReceipt(session.files)?.previous[0];
    if (kept !== undefined) readKeptManifest(session, kept);
    await recoverHost(session);
    requirePrevious(readReceipt(session.files));
    requireAccount(session);
    return withLock(session, async () => {
      return await rollBack(session, values, requirePrevious(readReceipt(session.files)));
    });
  },
};

function requirePrevious(receipt: Receipt | undefined): Receipt {
  if (receipt !== undefined && receipt.previous.length > 0) return receipt;
  throw new ProvisionError("previous-missing", "there is no previous release to go back to");
}

/** One that the host does not have would else be found out by the gate, with the other tree in place. */
function requireAccount({ account }: Session): Session["account"] {
  return account;
}

async function rollBack(session: Session, values: Values, receipt: Receipt): Promise<CommandResult> {
  const host = await settleArchitecture(session, { architecture: undefined, receipt });
  const mountInfo = session.machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const tree = observeTree(session.files, receipt, { mountInfo, isThorough: false });
  if (tree.kind === "mount" || tree.kind === "other")
    throw new ProvisionError("mount-in-the-way", "/usr/local/go cannot be exchanged");
  const plan = planRollback(receipt, tree);
  for (const line of describeSteps(plan)) session.emit({ kind: "notice", text: line });
  const step = plan.steps.find(({ kind }) => kind === "rollback-tree");
  if (step?.kind !== "rollback-tree") throw new Error("a receipt with a previous release gave a plan without a step");
  const outcome = await applyRollback(session, {
    kept: step.kept,
    receipt,
    tree,
    gate: (installed) =>
      runGate(
        session,
        { isVerifying: readFlag(values, "verify") ?? true, isKeepingFailed: false },
        // It passed layer 3 when it was installed: what rollback promises is to be quick.
        { ...installed, desired: step.kept, unrunnable: host.unrunnable, isTreeNew: false },
      ),
  });
  return {
    status: "changed",
    version: outcome.receipt.version,
    previous: receipt.version,
    changes: outcome.changes,
    checks: session.checks,
    exit: 0,
    text: `${outcome.receipt.version} is back at /usr/local/go; readygo rollback leads to ${receipt.version} again`,
  };
}
