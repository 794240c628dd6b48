import { hashBytes } from "../release/sha256.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { Clock, Processes } from "../host/ports.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { readStoredManifest } from "../host/state/stored-manifest.ts";
import { markPlacedTree } from "../host/state/tree-mark.ts";
import type { KnownHashes } from "../host/trees/scan-hashed-tree.ts";
import { scanTree } from "../host/trees/scan-tree.ts";
import type { ObservedState } from "../plan/observed-state.ts";
import type { InstallTreeStep, Plan, Change } from "../plan/plan.ts";
import { compareTree, formatTreeManifest, type TreeManifest } from "../release/tree-manifest.ts";
import type { Emit } from "../errors/event.ts";
import type { AcquiredRelease } from "./acquire/acquire-context.ts";
import { checkStagedTree } from "./check-staged-tree.ts";
import { keepAdditions } from "./keep-additions.ts";
import { isWorthKeeping, listPartial, removePartial } from "./partial-download.ts";
import { planRetention, type Retention } from "./plan-retention.ts";
import { replaceTree } from "./place-tree.ts";
import { runTransaction } from "./run-transaction.ts";
import { changeManagedLink } from "./change-managed-link.ts";
import { removeCreatedDirectories, restoreManagedFile } from "./restore-managed-file.ts";
import { acceptRelease, applySteps } from "./apply-steps.ts";
import type { ApplyPorts, Transaction } from "./acts/act.ts";
import { listStaleBackups, writeManagedFile } from "./write-managed-file.ts";

export interface InstallPorts extends ApplyPorts {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Aborted by a signal: everything is rolled back. */
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
  readonly isKeepingTools: boolean;
  /** Whether state was set aside: then a tree that is the very release need not be somebody else's. */
  readonly isAdopted: boolean;
  /** Fetches, checks and unpacks into the directory given; nothing else is touched. */
  readonly acquire: (into: AbsolutePath) => Promise<AcquiredRelease>;
  /** The newest tree head of the checksum database that this run may keep for the next; undefined: none was seen. */
  readonly newestLogHead?: () => string | undefined;
  /** Called when everything is staged, right before the tree is exchanged. */
  readonly beforeExchange: () => Promise<void>;
  /** The gate: throws where a check fails that rolling back can cure. */
  readonly gate: (installed: {
    readonly receipt: Receipt;
    readonly manifest: TreeManifest | undefined;
    /** Contents of the tree that this run has hashed itself. */
    readonly hashed: KnownHashes | undefined;
  }) => Promise<void>;
}

/** What a run did. */
export interface Outcome {
  readonly changes: readonly Change[];
  readonly receipt: Receipt;
}

/**
 * Performs an install plan in one transaction: tree, rc files, receipt and tree manifest become the new ones together,
 * or everything is rolled back.
 *
 * @throws ProvisionError whatever stopped it, after everything was rolled back; `recovery-failed` where that failed too
 */
export async function applyInstall(ports: InstallPorts, request: ApplyInstallRequest): Promise<Outcome> {
  try {
    return await install(ports, request);
  } catch (error) {
    if (!isWorthKeeping(error, ports.stop)) removePartial(ports);
    throw error;
  }
}

function install(ports: InstallPorts, request: ApplyInstallRequest): Promise<Outcome> {
  return runTransaction(ports, "install", async (transaction) => {
    const { observed, plan } = request;
    let placed: PlacedTree | undefined;
    const files = new Map((observed.receipt?.files ?? []).map((file) => [file.path, file]));
    const links = new Map((observed.receipt?.links ?? []).map((link) => [link.path, link]));
    const changes = await applySteps(ports, plan, async (step) => {
      if (step.kind === "install-tree") {
        placed = await installTree(ports, request, transaction, step);
        return { path: step.target, change: observed.tree.kind === "absent" ? "created" : "replaced" };
      }
      if (step.kind === "link") {
        const change = await changeManagedLink(ports, transaction, step);
        if (step.isGivenBack) links.delete(step.target);
        else links.set(step.target, { path: step.target, before: step.restores, createdDirectories: step.directories });
        return change;
      }
      if (step.kind === "restore-file") {
        files.delete(step.target);
        const change = await restoreManagedFile(ports, transaction, step);
        await removeCreatedDirectories(ports, transaction, step.managed);
        return change;
      }
      if (step.kind !== "write-file") return undefined;
      ports.emit({ kind: "step", text: `writing ${step.target}` });
      files.set(step.target, await writeManagedFile(ports, transaction, step, files.get(step.target)));
      return { path: step.target, change: step.beforeSha256 === null ? "created" : "modified" };
    });
    const receipt = composeReceipt(ports, observed, placed, {
      files: [...files.values()],
      links: [...links.values()],
      leftAlone: plan.leftAlone ?? observed.receipt?.leftAlone ?? [],
    });
    const manifest = placed?.acquired.staged.manifest;
    const text = manifest === undefined ? undefined : Buffer.from(formatTreeManifest(manifest));
    await acceptRelease(ports, transaction, {
      receipt,
      manifest: text,
      newestLogHead: request.newestLogHead,
      gate: () => request.gate({ receipt, manifest, hashed: placed?.hashed }),
    });
    const kept = placed?.retention.deletions ?? [];
    const deletions = [...kept, ...listStaleBackups(observed.receipt, receipt), ...listPartial(ports)];
    return { result: { changes, receipt }, deletions };
  });
}

interface PlacedTree {
  readonly step: InstallTreeStep;
  readonly acquired: AcquiredRelease;
  readonly retention: Retention;
  readonly hashed: KnownHashes;
}

async function installTree(
  ports: InstallPorts,
  request: ApplyInstallRequest,
  transaction: Transaction,
  step: InstallTreeStep,
): Promise<PlacedTree> {
  const staged = absolutePath(transaction.staging, "go");
  const acquired = await request.acquire(staged);
  const hashed = { manifest: acquired.staged.manifest, atMs: ports.clock.now().getTime() };
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
  const { observed, keep } = request;
  const isAgain = request.isAdopted && isSameRelease(ports, acquired.staged.manifest);
  const isDiscardingForeign = request.isDiscardingForeign || isAgain;
  const retention = planRetention(ports.files, { ...observed, incoming: step.version, keep, isDiscardingForeign });
  const former = readStoredManifest(ports.files, observed.receipt);
  await replaceTree(ports, transaction, staged, { observed: observed.tree, retention });
  keepFormerAdditions(ports, transaction, { request, retention, former, staged });
  return { step, acquired, retention, hashed };
}

/** Of the tree that was replaced, and of kept ones that are deleted at the end. */
function keepFormerAdditions(
  ports: InstallPorts,
  transaction: Transaction,
  { request, retention, former, staged }: FormerTrees,
): void {
  const { isKeepingTools, observed } = request;
  const { tree, receipt } = observed;
  if (receipt === undefined) return;
  for (const release of receipt.previous) {
    const path = absolutePath(places.previous, release.keptAs);
    if (!retention.deletions.includes(path)) continue;
    const manifest = readStoredManifest(ports.files, release);
    keepAdditions(ports, transaction, { tree: path, version: release.version, manifest, isKeepingTools: false });
  }
  if (tree.kind !== "directory" || tree.drift === undefined) return;
  const lies = retention.keptAs === undefined ? staged : absolutePath(places.previous, retention.keptAs);
  keepAdditions(ports, transaction, { tree: lies, version: receipt.version, manifest: former, isKeepingTools });
}

interface FormerTrees {
  readonly request: ApplyInstallRequest;
  readonly retention: Retention;
  readonly former: TreeManifest | undefined;
  /** Where the new tree lay: a former one that is not kept goes there. */
  readonly staged: AbsolutePath;
}

/** Whether what stands at /usr/local/go is, file for file, the release that takes its place. */
function isSameRelease(ports: InstallPorts, manifest: TreeManifest): boolean {
  if (ports.files.stat(places.goroot)?.kind !== "directory") return false;
  const difference = compareTree(manifest, scanTree(ports.files.locate(places.goroot), { hash: true }));
  return Object.values(difference).every((differences) => differences.length === 0);
}

function composeReceipt(
  ports: InstallPorts,
  observed: ObservedState,
  placed: PlacedTree | undefined,
  kept: Pick<Receipt, "files" | "links" | "leftAlone">,
): Receipt {
  if (placed === undefined) {
    if (observed.receipt === undefined) throw new Error("a plan without a tree step needs a receipt");
    return { ...observed.receipt, ...kept };
  }
  const { step, acquired, retention } = placed;
  const mark = markPlacedTree(ports.files);
  return {
    version: step.version,
    architecture: step.architecture,
    installedAt: ports.clock.now().toISOString(),
    archive: { name: acquired.archiveName, from: acquired.from, ...acquired.staged.archive },
    trust: acquired.trust,
    ...(acquired.record === undefined ? {} : { record: acquired.record }),
    tree: { ...mark, manifestSha256: hashBytes(Buffer.from(formatTreeManifest(acquired.staged.manifest))) },
    ...kept,
    original: retention.original,
    previous: retention.previous,
  };
}
