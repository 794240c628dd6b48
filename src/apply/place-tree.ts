import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ObservedTree } from "../plan/observed-state.ts";
import type { Retention } from "./plan-retention.ts";
import type { ApplyPorts, Transaction } from "./acts/act.ts";
import { displaceByCopy } from "./acts/displace-by-copy.ts";
import { exchangeTrees } from "./acts/exchange-trees.ts";
import { moveTree } from "./acts/move-tree.ts";
import { writeState } from "./acts/write-file.ts";
import { mostManifestBytes } from "../host/state/backups.ts";

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
    throw new ProvisionError("step-failed", `${places.goroot} was changed by somebody else while readygo ran`);
  }
  const { keptAs, keptManifest } = retention;
  placeTree(ports, transaction, incoming, keptAs === undefined ? undefined : absolutePath(places.previous, keptAs));
  const manifest = keptManifest === undefined ? undefined : ports.files.read(places.treeManifest, mostManifestBytes);
  if (keptManifest !== undefined && manifest !== undefined) {
    await writeState(ports, transaction, absolutePath(places.backups, keptManifest), manifest);
  }
}

/** errno of file systems that have no RENAME_EXCHANGE (renameat2(2)). */
const noExchange = ["EINVAL", "ENOSYS", "ENOTTY"];

/**
 * Puts the incoming tree at /usr/local/go. Where something stands there, both change places in one step, and it is
 * missing at no instant. Only where the file system refuses that is it away for a while, with the journal knowing how
 * to bring it back: two renames, or, where even a rename is refused (an overlay, for a directory of its lower layer:
 * EXDEV), a copy first.
 *
 * The incoming one takes `kept` first, the place where the former is to stay: a go that is just starting looks for its
 * tree by the path that its program has at that moment, so the former must not move on from where the exchange puts it.
 */
export function placeTree(
  ports: ApplyPorts,
  transaction: Transaction,
  incoming: AbsolutePath,
  kept: AbsolutePath = incoming,
): void {
  if (ports.files.stat(places.goroot) === undefined) {
    moveTree(ports, transaction, incoming, places.goroot);
    return;
  }
  if (kept !== incoming) {
    if (ports.files.stat(kept) !== undefined)
      displace(ports, transaction, kept, absolutePath(transaction.staging, "superseded"));
    displace(ports, transaction, incoming, kept);
  }
  try {
    exchangeTrees(ports, transaction, places.goroot, kept);
    return;
  } catch (error) {
    const code = codeOf(error);
    if (code !== "EXDEV" && !noExchange.includes(code)) throw error;
  }
  // What comes back from previous/ may be what cannot be renamed: that is found out before anything is away.
  const waiting = absolutePath(transaction.staging, "incoming");
  displace(ports, transaction, kept, waiting);
  displace(ports, transaction, places.goroot, kept);
  moveTree(ports, transaction, waiting, places.goroot);
}

/** Takes what stands at `path` (/usr/local/go, or a tree of readygo's own) away to `aside`, by a rename, or by a copy where the file system refuses that. */
export function displace(ports: ApplyPorts, transaction: Transaction, path: AbsolutePath, aside: AbsolutePath): void {
  try {
    moveTree(ports, transaction, path, aside);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    displaceByCopy(ports, transaction, path, aside);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
