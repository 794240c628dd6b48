import { hashBytes } from "../release/sha256.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ManagedFile, Receipt } from "../host/state/receipt.ts";
import type { WriteFileStep } from "../plan/plan.ts";
import { readBackup } from "../host/state/backups.ts";
import type { ApplyPorts, Transaction } from "./acts/act.ts";
import { makeDirectory } from "./acts/change-directory.ts";
import { writeFile, writeState } from "./acts/write-file.ts";

/** Performs one write step, and answers what the receipt has to know of it. */
export async function writeManagedFile(
  ports: ApplyPorts,
  transaction: Transaction,
  step: WriteFileStep,
  managed: ManagedFile | undefined,
): Promise<ManagedFile> {
  const createdDirectories = [...(managed?.createdDirectories ?? [])];
  for (const directory of step.missingDirectories) {
    await makeDirectory(ports, transaction, { path: directory, owner: step.owner });
    createdDirectories.push(directory);
  }
  const content = Buffer.from(step.content, "latin1");
  const before = await keepBefore(ports, transaction, step, managed);
  try {
    const { target: path, owner, mode, beforeSha256: expected } = step;
    await writeFile(ports, transaction, { path, owner, content, mode, expected });
  } catch (cause) {
    if (step.owner === null || cause instanceof ProvisionError) throw cause;
    throw new ProvisionError("step-failed", `${step.target} cannot be written`, {
      cause,
      remedy: [`lsattr ${step.target}; ls -l ${step.target}`, "readygo install --no-rc  leaves home directories alone"],
    });
  }
  return { path: step.target, owner: step.owner, sha256: hashBytes(content), before, createdDirectories };
}

/** What was before readygo: of a file of the system, for ever what its first run found; of an rc file, its user's text. */
async function keepBefore(
  ports: ApplyPorts,
  transaction: Transaction,
  step: WriteFileStep,
  managed: ManagedFile | undefined,
): Promise<ManagedFile["before"]> {
  if (managed !== undefined && step.owner === null) return managed.before;
  if (step.restores === null) return null;
  return storeBackup(ports, transaction, step, Buffer.from(step.restores, "latin1"), managed);
}

/** The bytes that `uninstall` will give back; the backup of an earlier run is kept where they are the same. */
async function storeBackup(
  ports: ApplyPorts,
  transaction: Transaction,
  step: WriteFileStep,
  content: Buffer,
  managed: ManagedFile | undefined,
): Promise<NonNullable<ManagedFile["before"]>> {
  const sha256 = hashBytes(content);
  const known = managed?.before ?? null;
  if (known?.sha256 === sha256 && readBackup(ports.files, known.backup, sha256) !== undefined) return known;
  const backup = `${transaction.id}-${transaction.records.length}`;
  await writeState(ports, transaction, absolutePath(places.backups, backup), content);
  return { backup, sha256, mode: step.mode };
}

/** Backups that a receipt had and its successor has no use for. */
export function listStaleBackups(before: Receipt | undefined, after: Receipt): readonly AbsolutePath[] {
  const needed = new Set(after.files.map((file) => file.before?.backup));
  const stored = (before?.files ?? []).flatMap((file) => (file.before === null ? [] : [file.before.backup]));
  return stored.filter((name) => !needed.has(name)).map((name) => absolutePath(places.backups, name));
}
