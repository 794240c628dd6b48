import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { isKeptRelease, places } from "../host/places.ts";
import type { ManagedFile, Receipt } from "../host/state/receipt.ts";
import { readStoredManifest } from "../host/state/stored-manifest.ts";
import type { Plan, RemoveTreeStep, RestoreFileStep, Change } from "../plan/plan.ts";
import type { InstallPorts } from "./apply-install.ts";
import { applySteps } from "./apply-steps.ts";
import { keepAdditions } from "./keep-additions.ts";
import { listPartial } from "./partial-download.ts";
import { displace, placeTree } from "./place-tree.ts";
import { runTransaction } from "./run-transaction.ts";
import type { Transaction } from "./acts/act.ts";
import { changeManagedLink } from "./change-managed-link.ts";
import { removeCreatedDirectories, restoreManagedFile } from "./restore-managed-file.ts";
import {
  describeUnfinished,
  formatUnfinished,
  isPassing,
  mergeUnfinished,
  readUnfinished,
  type UnfinishedFile,
} from "./unfinished-files.ts";
import { writeState } from "./acts/write-file.ts";

/**
 * Performs an uninstall plan in one transaction. What stood at /usr/local/go before readygo's first run comes back by an
 * exchange; files get their exact bytes, or, where they were edited since, lose readygo's part only. A file in a home that
 * cannot be worked in is left for the next run, and what it needs is kept.
 *
 * @throws ProvisionError as applyInstall
 */
export async function applyUninstall(
  ports: InstallPorts,
  request: { readonly plan: Plan; readonly receipt: Receipt },
): Promise<{ readonly changes: readonly Change[]; readonly unfinished: readonly UnfinishedFile[] }> {
  return runTransaction(ports, "uninstall", async (transaction) => {
    const deferred: UnfinishedFile[] = [];
    const restored: RestoreFileStep[] = [];
    const changes = await applySteps(ports, request.plan, async (step) => {
      if (step.kind === "remove-tree") return removeTree(ports, transaction, step, request.receipt);
      if (step.kind === "defer-file") deferred.push(toUnfinished(ports, step.managed, step.reason));
      if (step.kind === "link") return changeManagedLink(ports, transaction, step);
      if (step.kind !== "restore-file") return undefined;
      try {
        const change = await restoreManagedFile(ports, transaction, step);
        restored.push(step);
        return change;
      } catch (error) {
        // The home has come to give no answer since it was looked at.
        if (!isPassing(error)) throw error;
        deferred.push(toUnfinished(ports, step.managed, error.message));
        return undefined;
      }
    });
    // Once all files are gone: two may lie in one directory.
    for (const { managed } of restored) await removeCreatedDirectories(ports, transaction, managed);
    const unfinished = mergeUnfinished(readUnfinished(ports.files), deferred);
    for (const file of deferred) ports.emit({ kind: "warning", text: describeUnfinished(file) });
    if (deferred.length > 0) {
      await writeState(ports, transaction, places.unfinished, formatUnfinished(unfinished, ports.writtenBy));
    }
    const deletions = [...listOwnState(ports, request.plan, unfinished), ...listPartial(ports)];
    return { result: { changes, unfinished }, deletions };
  });
}

function toUnfinished(ports: InstallPorts, managed: ManagedFile, reason: string): UnfinishedFile {
  const { path, owner, sha256, before, createdDirectories } = managed;
  if (owner === null) throw new Error(`${path} is no file of a home`);
  const since = ports.clock.now().toISOString();
  return { path, owner, left: sha256, before, createdDirectories, isUndo: false, since, reason };
}

function removeTree(ports: InstallPorts, transaction: Transaction, step: RemoveTreeStep, receipt: Receipt): Change {
  ports.emit({ kind: "step", text: `removing ${step.target}` });
  const isNothingBefore = step.original.kind === "absent";
  // Where something comes back, ours takes its place under previous/.
  const lies =
    step.original.kind === "absent"
      ? absolutePath(transaction.staging, "removed")
      : absolutePath(places.previous, step.original.keptAs);
  if (isNothingBefore) displace(ports, transaction, places.goroot, lies);
  else placeTree(ports, transaction, lies);
  for (const release of [receipt, ...receipt.previous]) {
    const tree = "keptAs" in release ? absolutePath(places.previous, release.keptAs) : lies;
    const manifest = readStoredManifest(ports.files, release);
    keepAdditions(ports, transaction, { tree, version: release.version, manifest, isKeepingTools: false });
  }
  return { path: step.target, change: isNothingBefore ? "removed" : "replaced" };
}

/** Everything of readygo's own: kept releases, and the state. Trees that readygo did not install are not among it. */
function listOwnState(ports: InstallPorts, plan: Plan, unfinished: readonly UnfinishedFile[]): readonly AbsolutePath[] {
  const needed = new Set(unfinished.map(({ before }) => before?.backup));
  // After the exchange our own tree lies where the original was kept.
  const exchanged = plan.steps.flatMap((step) =>
    step.kind === "remove-tree" && step.original.kind !== "absent" ? [step.original.keptAs] : [],
  );
  const kept = ports.files
    .list(places.previous)
    .filter((name) => isKeptRelease(absolutePath(places.previous, name)) || exchanged.includes(name));
  const backups = ports.files
    .list(places.backups)
    .filter((name) => !needed.has(name))
    .map((name) => absolutePath(places.backups, name));
  return [
    ...kept.map((name) => absolutePath(places.previous, name)),
    ...backups,
    places.treeManifest,
    places.logHead,
    places.receipt,
  ];
}
