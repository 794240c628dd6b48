import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { Plan, RemoveTreeStep, RestoreFileStep } from "../plan/plan.ts";
import type { Change } from "../report/json-result.ts";
import type { InstallPorts } from "./apply-install.ts";
import { listPartial } from "./partial-download.ts";
import { displace, placeTree } from "./place-tree.ts";
import { runTransaction } from "./run-transaction.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Performs an uninstall plan in one transaction. What stood at /usr/local/go before readygo's first run comes back by an
 * exchange; files get their exact bytes, or, where they were edited since, lose readygo's part only.
 *
 * @throws ProvisionError as applyInstall
 */
export async function applyUninstall(
  ports: InstallPorts,
  request: { readonly plan: Plan },
): Promise<readonly Change[]> {
  return runTransaction(ports, "uninstall", async (transaction) => {
    const changes: Change[] = [];
    for (const step of request.plan.steps) {
      ports.stop.throwIfAborted();
      if (step.kind === "remove-tree") changes.push(removeTree(ports, transaction, step));
      else if (step.kind === "restore-file") changes.push(await restoreFile(ports, transaction, step));
    }
    await removeCreatedDirectories(transaction, request.plan);
    transaction.commit([...listOwnState(ports, request.plan), ...listPartial(ports)]);
    return changes;
  });
}

function removeTree(ports: InstallPorts, transaction: Transaction, step: RemoveTreeStep): Change {
  ports.emit({ kind: "step", text: `removing ${step.target}` });
  if (step.original.kind === "absent") {
    displace(transaction, places.goroot, absolutePath(transaction.staging, "removed"));
    return { path: step.target, change: "removed" };
  }
  placeTree(ports, transaction, absolutePath(places.previous, step.original.keptAs));
  return { path: step.target, change: "replaced" };
}

async function restoreFile(ports: InstallPorts, transaction: Transaction, step: RestoreFileStep): Promise<Change> {
  ports.emit({ kind: "step", text: `restoring ${step.target}` });
  const { managed, result } = step;
  const content =
    result.kind === "remove"
      ? null
      : result.kind === "text"
        ? Buffer.from(result.content, "latin1")
        : readBackup(ports, managed.before?.backup ?? "");
  await transaction.write({
    path: step.target,
    owner: managed.owner,
    content,
    mode: managed.before?.mode ?? 0o644,
    expected: step.beforeSha256,
  });
  return { path: step.target, change: content === null ? "removed" : "modified" };
}

function readBackup(ports: InstallPorts, name: string): Buffer {
  const path = absolutePath(places.backups, name);
  const content = name === "" ? undefined : ports.files.read(path);
  if (content === undefined) throw new ProvisionError("state-invalid", `the backup ${path} is gone`);
  return content;
}

/** Directories that were made for the files that were restored, innermost first, as far as they are empty. */
async function removeCreatedDirectories(transaction: Transaction, plan: Plan): Promise<void> {
  for (const step of plan.steps) {
    if (step.kind !== "restore-file") continue;
    const { createdDirectories, owner } = step.managed;
    for (const directory of createdDirectories.toReversed()) await transaction.removeDirectory(directory, owner);
  }
}

/** Everything of readygo's own: kept releases, and the state. Trees that readygo did not install are not among it. */
function listOwnState(ports: InstallPorts, plan: Plan): readonly AbsolutePath[] {
  // After the exchange our own tree lies where the original was kept.
  const exchanged = plan.steps.flatMap((step) =>
    step.kind === "remove-tree" && step.original.kind !== "absent" ? [step.original.keptAs] : [],
  );
  const kept = ports.files
    .list(places.previous)
    .filter((name) => /^(damaged-)?go\d/.test(name) || exchanged.includes(name));
  const backups = ports.files.list(places.backups).map((name) => absolutePath(places.backups, name));
  return [
    ...kept.map((name) => absolutePath(places.previous, name)),
    ...backups,
    places.treeManifest,
    places.logHead,
    places.receipt,
  ];
}
