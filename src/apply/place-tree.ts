import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ApplyPorts, Transaction } from "./transaction.ts";

/** errno of file systems that have no RENAME_EXCHANGE (renameat2(2)). */
const noExchange = ["EINVAL", "ENOSYS", "ENOTTY"];

/**
 * Puts the staged tree at /usr/local/go. Where something stands there, both change places in one step, and it is
 * missing at no instant. Only where the file system refuses that is it away for a while, with the journal knowing how
 * to bring it back: two renames, or, where even a rename is refused (an overlay, for a directory of its lower layer:
 * EXDEV), a copy first.
 *
 * @returns where the former tree or link lies now; undefined where there was none
 */
export function placeTree(ports: ApplyPorts, transaction: Transaction, staged: AbsolutePath): AbsolutePath | undefined {
  if (ports.files.stat(places.goroot) === undefined) {
    transaction.move(staged, places.goroot);
    return undefined;
  }
  try {
    transaction.exchange(places.goroot, staged);
    return staged;
  } catch (error) {
    const code = codeOf(error);
    if (code !== "EXDEV" && !noExchange.includes(code)) throw error;
  }
  // What is brought back from previous/ may be what cannot be renamed: that is settled before anything is away.
  const incoming = absolutePath(transaction.staging, "incoming");
  displace(transaction, staged, incoming);
  const aside = absolutePath(transaction.staging, "former");
  displace(transaction, places.goroot, aside);
  transaction.move(incoming, places.goroot);
  return aside;
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
