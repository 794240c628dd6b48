import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { Clock, Processes } from "../host/ports.ts";
import type { ManagedFile, Receipt } from "../host/receipt.ts";
import type { ObservedState } from "../plan/observed-state.ts";
import type { InstallTreeStep, Plan, WriteFileStep } from "../plan/plan.ts";
import { formatTreeManifest, type TreeManifest } from "../release/tree-manifest.ts";
import type { Change } from "../report/json-result.ts";
import type { Emit } from "../report/event.ts";
import type { AcquiredRelease } from "./acquire-context.ts";
import { checkStagedTree } from "./check-staged-tree.ts";
import { placeTree } from "./place-tree.ts";
import { planRetention, type Retention } from "./plan-retention.ts";
import { runTransaction } from "./run-transaction.ts";
import { hashBytes, identifyTree, type ApplyPorts, type Transaction } from "./transaction.ts";

export interface InstallPorts extends ApplyPorts {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Aborted by a signal: everything is put back. */
  readonly stop: AbortSignal;
}

export interface ApplyInstallRequest {
  readonly plan: Plan;
  readonly observed: ObservedState;
  /** False where the tree is for another machine than this one. */
  readonly isRunnable: boolean;
  /** How many previous releases of ours are kept. */
  readonly keep: number;
  readonly isDiscardingForeign: boolean;
  /** Fetches, checks and unpacks into the directory given; nothing else is touched. */
  readonly acquire: (into: AbsolutePath) => Promise<AcquiredRelease>;
  /** Called when everything is staged, right before the tree is exchanged. */
  readonly beforeExchange: () => Promise<void>;
  /** The gate: throws where a check fails that putting back can cure. */
  readonly gate: (installed: {
    readonly receipt: Receipt;
    readonly manifest: TreeManifest | undefined;
  }) => Promise<void>;
}

/** What a run did. */
export interface Outcome {
  readonly changes: readonly Change[];
  readonly receipt: Receipt;
}

/**
 * Performs an install plan in one transaction: tree, rc files, receipt and tree manifest become the new ones together,
 * or everything is put back.
 *
 * @throws ProvisionError whatever stopped it, after everything was put back; `recovery-failed` where that failed too
 */
export async function applyInstall(ports: InstallPorts, request: ApplyInstallRequest): Promise<Outcome> {
  return runTransaction(ports, "install", async (transaction) => {
    const { observed, plan } = request;
    const changes: Change[] = [];
    const treeStep = plan.steps.find((step) => step.kind === "install-tree");
    const placed = treeStep === undefined ? undefined : await installTree(ports, request, transaction, treeStep);
    if (treeStep !== undefined) {
      changes.push({ path: treeStep.target, change: observed.tree.kind === "absent" ? "created" : "replaced" });
    }

    const files = new Map((observed.receipt?.files ?? []).map((file) => [file.path, file]));
    for (const step of plan.steps) {
      if (step.kind !== "write-file") continue;
      ports.stop.throwIfAborted();
      ports.emit({ kind: "step", text: `writing ${step.target}` });
      files.set(step.target, await writeFile(ports, transaction, step, files.get(step.target)));
      changes.push({ path: step.target, change: step.beforeSha256 === null ? "created" : "modified" });
    }

    const receipt = composeReceipt(ports, observed, placed, [...files.values()]);
    ports.stop.throwIfAborted();
    await request.gate({ receipt, manifest: placed?.acquired.staged.manifest });
    ports.stop.throwIfAborted();

    if (placed !== undefined) {
      await writeState(
        ports,
        transaction,
        places.treeManifest,
        Buffer.from(formatTreeManifest(placed.acquired.staged.manifest)),
      );
    }
    await writeState(ports, transaction, places.receipt, Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`));
    transaction.commit([...(placed?.retention.deletions ?? []), ...listStaleBackups(observed.receipt, receipt)]);
    return { changes, receipt };
  });
}

/** Twice what a manifest of the largest tree that is let through could have. */
const mostManifestBytes = 64 * 1024 * 1024;

interface PlacedTree {
  readonly step: InstallTreeStep;
  readonly acquired: AcquiredRelease;
  readonly retention: Retention;
}

async function installTree(
  ports: InstallPorts,
  request: ApplyInstallRequest,
  transaction: Transaction,
  step: InstallTreeStep,
): Promise<PlacedTree> {
  const staged = absolutePath(transaction.staging, "go");
  const acquired = await request.acquire(staged);
  ports.stop.throwIfAborted();
  ports.emit({ kind: "step", text: `checking the staged ${step.version}` });
  await checkStagedTree(ports.files, ports.processes, {
    tree: staged,
    version: step.version,
    architecture: step.architecture,
    isRunnable: request.isRunnable,
  });
  ports.stop.throwIfAborted();
  ports.system.syncFileSystem(places.staging);
  await request.beforeExchange();
  ports.stop.throwIfAborted();
  ports.emit({ kind: "step", text: `putting ${step.version} at ${step.target}` });
  const { observed, keep, isDiscardingForeign } = request;
  const retention = planRetention(ports.files, { ...observed, keep, isDiscardingForeign });
  await moveDisplaced(ports, transaction, placeTree(ports, transaction, staged), retention);
  return { step, acquired, retention };
}

/** Puts what stood at /usr/local/go where it is kept, with its tree manifest; what is not kept goes with staging. */
export async function moveDisplaced(
  ports: ApplyPorts,
  transaction: Transaction,
  displaced: AbsolutePath | undefined,
  { keptAs, keptManifest }: Retention,
): Promise<void> {
  if (displaced === undefined || keptAs === undefined) return;
  const kept = absolutePath(places.previous, keptAs);
  if (kept === displaced) return;
  if (ports.files.stat(kept) !== undefined) transaction.move(kept, absolutePath(transaction.staging, "superseded"));
  transaction.move(displaced, kept);
  const manifest = keptManifest === undefined ? undefined : ports.files.read(places.treeManifest, mostManifestBytes);
  if (keptManifest !== undefined && manifest !== undefined) {
    await writeState(ports, transaction, absolutePath(places.backups, keptManifest), manifest);
  }
}

async function writeFile(
  ports: ApplyPorts,
  transaction: Transaction,
  step: WriteFileStep,
  managed: ManagedFile | undefined,
): Promise<ManagedFile> {
  const createdDirectories = [...(managed?.createdDirectories ?? [])];
  for (const directory of step.missingDirectories) {
    await transaction.makeDirectory(directory, step.owner);
    createdDirectories.push(directory);
  }
  const content = Buffer.from(step.content, "latin1");
  const before = await keepBefore(ports, transaction, step, managed);
  try {
    const { target: path, owner, mode, beforeSha256: expected } = step;
    await transaction.write({ path, owner, content, mode, expected });
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
  if (managed?.before?.sha256 === sha256) return managed.before;
  const backup = `${transaction.id}-${transaction.records.length}`;
  await writeState(ports, transaction, absolutePath(places.backups, backup), content);
  return { backup, sha256, mode: step.mode };
}

export async function writeState(
  ports: ApplyPorts,
  transaction: Transaction,
  path: AbsolutePath,
  content: Buffer,
): Promise<void> {
  const now = ports.files.read(path, mostManifestBytes);
  await transaction.write({
    path,
    owner: null,
    content,
    mode: 0o600,
    expected: now === undefined ? null : hashBytes(now),
  });
}

function listStaleBackups(before: Receipt | undefined, after: Receipt): readonly AbsolutePath[] {
  const needed = new Set(after.files.map((file) => file.before?.backup));
  const stored = (before?.files ?? []).flatMap((file) => (file.before === null ? [] : [file.before.backup]));
  return stored.filter((name) => !needed.has(name)).map((name) => absolutePath(places.backups, name));
}

function composeReceipt(
  ports: InstallPorts,
  observed: ObservedState,
  placed: PlacedTree | undefined,
  files: readonly ManagedFile[],
): Receipt {
  if (placed === undefined) {
    if (observed.receipt === undefined) throw new Error("a plan without a tree step needs a receipt");
    return { ...observed.receipt, files };
  }
  const { step, acquired, retention } = placed;
  const stat = ports.files.stat(places.goroot);
  const versionFile = ports.files.read(absolutePath(places.goroot, "VERSION"));
  if (
    stat === undefined ||
    versionFile === undefined ||
    identifyTree(ports.files, places.goroot)?.kind !== "directory"
  ) {
    throw new ProvisionError("step-failed", `${places.goroot} is not what was just put there`);
  }
  return {
    schema: 1,
    version: step.version,
    architecture: step.architecture,
    installedAt: ports.clock.now().toISOString(),
    archive: { name: acquired.archiveName, from: acquired.from, ...acquired.staged.archive },
    trust: acquired.trust,
    tree: {
      inode: stat.inode,
      mtimeNs: stat.mtimeNs,
      manifestSha256: hashBytes(Buffer.from(formatTreeManifest(acquired.staged.manifest))),
      versionFileSha256: hashBytes(versionFile),
    },
    files,
    original: retention.original,
    previous: retention.previous,
  };
}
