import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ApplyPorts, Transaction } from "./transaction.ts";

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
    transaction.move(incoming, places.goroot);
    return;
  }
  if (kept !== incoming) {
    if (ports.files.stat(kept) !== undefined)
      displace(transaction, kept, absolutePath(transaction.staging, "superseded"));
    displace(transaction, incoming, kept);
  }
  try {
    transaction.exchange(places.goroot, kept);
    return;
  } catch (error) {
    const code = codeOf(error);
    if (code !== "EXDEV" && !noExchange.includes(code)) throw error;
  }
  // What is brought back from previous/ may be what cannot be renamed: that is settled before anything is away.
  const waiting = absolutePath(transaction.staging, "incoming");
  displace(transaction, kept, waiting);
  displace(transaction, places.goroot, kept);
  transaction.move(waiting, places.goroot);
}

/** Takes what stands at `path` (/usr/local/go, or a tree of readygo's own) away to `aside`, by a rename, or by a copy where the file system refuses that. */
export function displace(transaction: Transaction, path: AbsolutePath, aside: AbsolutePath): void {
  try {
    transaction.move(path, aside);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    transaction.displaceByCopy(path, aside);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
