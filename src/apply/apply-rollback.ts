import { hashBytes } from "../release/sha256.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import { toInstalledRelease, type KeptRelease, type Receipt } from "../host/state/receipt.ts";
import { readStoredManifest } from "../host/state/stored-manifest.ts";
import { markPlacedTree } from "../host/state/tree-mark.ts";
import { scanTree } from "../host/trees/scan-tree.ts";
import type { ObservedTree } from "../plan/observed-state.ts";
import { compareTree, parseTreeManifest, type TreeManifest } from "../release/tree-manifest.ts";
import type { ApplyInstallRequest, InstallPorts, Outcome } from "./apply-install.ts";
import { keepAdditions } from "./keep-additions.ts";
import { planRetention } from "./plan-retention.ts";
import { replaceTree } from "./place-tree.ts";
import { runTransaction } from "./run-transaction.ts";
import { mostManifestBytes } from "../host/state/backups.ts";
import { acceptRelease } from "./apply-steps.ts";

export interface ApplyRollbackRequest {
  readonly kept: KeptRelease;
  readonly receipt: Receipt;
  readonly tree: ObservedTree;
  /** Throws where a check fails. */
  readonly gate: ApplyInstallRequest["gate"];
}

/**
 * Exchanges `/usr/local/go` with a kept release, in one transaction; nothing is fetched or unpacked. The release that
 * goes takes the kept one's place, so that a further rollback leads back.
 *
 * @throws ProvisionError `tree-wrong` where the kept tree is not whole; else as applyInstall
 */
export async function applyRollback(ports: InstallPorts, request: ApplyRollbackRequest): Promise<Outcome> {
  const { kept, receipt, tree } = request;
  const { text, manifest } = readKeptManifest(ports, kept);
  const keptTree = absolutePath(places.previous, kept.keptAs);
  // From before they are read: what is changed meanwhile is hashed again.
  const hashed = { manifest, atMs: ports.clock.now().getTime() };
  checkKeptTree(ports, kept, manifest);
  return runTransaction(ports, "rollback", async (transaction) => {
    ports.emit({ kind: "step", text: `putting ${kept.version} back at ${places.goroot}` });
    // One more than were kept: the release that goes comes in, the one that comes back goes out of the list.
    const retention = planRetention(ports.files, {
      tree,
      receipt,
      incoming: kept.version,
      keep: receipt.previous.length + 1,
      isDiscardingForeign: false,
    });
    const former = readStoredManifest(ports.files, receipt);
    await replaceTree(ports, transaction, keptTree, { observed: tree, retention });
    if (retention.keptAs !== undefined && tree.kind === "directory" && tree.drift !== undefined) {
      const lies = absolutePath(places.previous, retention.keptAs);
      keepAdditions(ports, transaction, {
        tree: lies,
        version: receipt.version,
        manifest: former,
        isKeepingTools: false,
      });
    }
    const next = composeReceipt(ports, receipt, kept, retention.previous);
    const gate = (): Promise<void> => request.gate({ receipt: next, manifest, hashed });
    await acceptRelease(ports, transaction, { receipt: next, manifest: text, gate });
    const changes = [{ path: places.goroot, change: "replaced" }] as const;
    return { result: { changes, receipt: next }, deletions: [absolutePath(places.backups, kept.manifest)] };
  });
}

function composeReceipt(
  ports: InstallPorts,
  receipt: Receipt,
  kept: KeptRelease,
  previous: readonly KeptRelease[],
): Receipt {
  const release = toInstalledRelease(kept);
  // What the log says of the release that goes is not true of the one that comes.
  const { record: _, ...withoutRecord } = receipt;
  return {
    ...withoutRecord,
    ...release,
    // A file system that had to copy it gave it other inodes.
    tree: { ...release.tree, ...markPlacedTree(ports.files) },
    previous: previous.filter((other) => other.keptAs !== kept.keptAs),
  };
}

/** @throws ProvisionError `state-invalid` where it is not the one that the receipt names */
export function readKeptManifest(
  ports: Pick<InstallPorts, "files">,
  kept: KeptRelease,
): { text: Buffer; manifest: TreeManifest } {
  const text = ports.files.read(absolutePath(places.backups, kept.manifest), mostManifestBytes);
  const manifest = text === undefined ? undefined : parseTreeManifest(text.toString("utf8"));
  if (text === undefined || manifest === undefined || hashBytes(text) !== kept.tree.manifestSha256) {
    throw new ProvisionError("state-invalid", `the tree manifest of ${kept.version} is missing or changed`, {
      remedy: [`readygo install ${kept.version.slice(2)}`],
    });
  }
  return { text, manifest };
}

function checkKeptTree(ports: InstallPorts, kept: KeptRelease, manifest: TreeManifest): void {
  const path = absolutePath(places.previous, kept.keptAs);
  const found = ports.files.stat(path);
  const difference =
    found?.kind === "directory" ? compareTree(manifest, scanTree(ports.files.locate(path), { hash: true })) : undefined;
  const count =
    difference === undefined ? 1 : difference.missing.length + difference.added.length + difference.changed.length;
  if (count === 0) return;
  throw new ProvisionError("tree-wrong", `the kept ${kept.version} is not whole any more`, {
    details: { tree: path, differences: difference === undefined ? "it is not there" : String(count) },
    remedy: [`readygo install ${kept.version.slice(2)}`],
  });
}
