import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import { displace } from "./place-tree.ts";
import type { Retention } from "./plan-retention.ts";
import type { ApplyPorts, Transaction } from "./transaction.ts";
import { mostManifestBytes, writeState } from "./write-state.ts";

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
  if (ports.files.stat(kept) !== undefined)
    displace(transaction, kept, absolutePath(transaction.staging, "superseded"));
  transaction.move(displaced, kept);
  const manifest = keptManifest === undefined ? undefined : ports.files.read(places.treeManifest, mostManifestBytes);
  if (keptManifest !== undefined && manifest !== undefined) {
    await writeState(ports, transaction, absolutePath(places.backups, keptManifest), manifest);
  }
}
