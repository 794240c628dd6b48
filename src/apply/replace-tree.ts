import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ObservedTree } from "../plan/observed-state.ts";
import { placeTree } from "./place-tree.ts";
import type { Retention } from "../plan/plan-retention.ts";
import type { ApplyPorts, Transaction } from "./transaction.ts";
import { mostManifestBytes } from "./backups.ts";
import { writeState } from "./write-state.ts";

/**
 * Puts the incoming tree at /usr/local/go, and keeps what stood there, with its tree manifest, as the retention says;
 * what is not kept goes with staging.
 *
 * @throws ProvisionError `step-failed` where a tree has come or gone since the host was looked at: whose it is, and what
 *   is to become of it, is not known
 */
export async function replaceTree(
  ports: ApplyPorts,
  transaction: Transaction,
  incoming: AbsolutePath,
  { observed, retention }: { readonly observed: ObservedTree; readonly retention: Retention },
): Promise<void> {
  if ((observed.kind === "absent") !== (ports.files.stat(places.goroot) === undefined)) {
    throw new ProvisionError("step-failed", `${places.goroot} was changed by somebody else while readygo was at work`);
  }
  const { keptAs, keptManifest } = retention;
  placeTree(ports, transaction, incoming, keptAs === undefined ? undefined : absolutePath(places.previous, keptAs));
  const manifest = keptManifest === undefined ? undefined : ports.files.read(places.treeManifest, mostManifestBytes);
  if (keptManifest !== undefined && manifest !== undefined) {
    await writeState(ports, transaction, absolutePath(places.backups, keptManifest), manifest);
  }
}
