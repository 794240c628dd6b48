import { ProvisionError } from "../errors/provision-error.ts";
import { readBackup } from "../host/state/backups.ts";
import type { ManagedFile } from "../host/state/receipt.ts";
import type { Change, RestoreFileStep } from "../plan/plan.ts";
import type { InstallPorts } from "./apply-install.ts";
import type { Transaction } from "./acts/act.ts";
import { removeDirectory } from "./acts/change-directory.ts";
import { writeFile } from "./acts/write-file.ts";
import { isPassing } from "./unfinished-files.ts";

/** Gives one file back as the step says. */
export async function restoreManagedFile(
  ports: InstallPorts,
  transaction: Transaction,
  step: RestoreFileStep,
): Promise<Change> {
  ports.emit({ kind: "step", text: `restoring ${step.target}` });
  const { managed, result } = step;
  const content =
    result.kind === "remove"
      ? null
      : result.kind === "text"
        ? Buffer.from(result.content, "latin1")
        : readWhole(ports, managed);
  await writeFile(ports, transaction, {
    path: step.target,
    owner: managed.owner,
    content,
    mode: managed.before?.mode ?? 0o644,
    expected: step.beforeSha256,
  });
  return { path: step.target, change: content === null ? "removed" : "modified" };
}

function readWhole(ports: InstallPorts, { path, before }: ManagedFile): Buffer {
  const content = before === null ? undefined : readBackup(ports.files, before.backup, before.sha256);
  if (content === undefined) throw new ProvisionError("step-failed", `the backup of ${path} was changed meanwhile`);
  return content;
}

/** Directories that were made for the file that was restored, innermost first, as far as they are empty. */
export async function removeCreatedDirectories(
  ports: InstallPorts,
  transaction: Transaction,
  { createdDirectories, owner }: Pick<ManagedFile, "createdDirectories" | "owner">,
): Promise<void> {
  for (const directory of createdDirectories.toReversed()) {
    try {
      await removeDirectory(ports, transaction, { path: directory, owner });
    } catch (error) {
      if (!isPassing(error)) throw error;
      ports.emit({ kind: "warning", text: `${directory}, which readygo made, is left: ${error.message}` });
    }
  }
}
