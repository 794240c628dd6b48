import type { Clock } from "../../host/ports.ts";
import type { PartialIdentity, PartialStore } from "./partial-store.ts";

/** What is held in memory until it shows how fast it comes. */
const maxHeldBytes = 8 * 1024 * 1024;
/** As long as that takes at 16 MB/s: a whole release takes some seconds then. */
const holdMs = 500;

/**
 * A store that keeps only what is slow to come: writing a second copy of everything takes 15 % of an install from a
 * server nearby, where fetching it again costs no more than reading it back would. What comes slower than
 * 16 MB/s is kept from its first byte on.
 */
export function keepWhenSlow(
  store: PartialStore,
  clock: Pick<Clock, "after">,
): Pick<PartialStore, "begin" | "append" | "close"> {
  let held:
    | { readonly identity: PartialIdentity; readonly cancel: () => void; chunks: Uint8Array[]; bytes: number }
    | undefined;

  const drop = (): void => {
    held?.cancel();
    held = undefined;
  };
  const keep = (): void => {
    if (held === undefined) return;
    const { identity, chunks } = held;
    drop();
    store.begin(identity, 0);
    for (const chunk of chunks) store.append(chunk);
  };
  return {
    begin(identity, size) {
      drop();
      if (size > 0) store.begin(identity, size);
      // A timer: nothing at all may come after the first bytes.
      else held = { identity, cancel: clock.after(holdMs, keep), chunks: [], bytes: 0 };
    },
    append(chunk) {
      if (held === undefined) {
        store.append(chunk);
        return;
      }
      // A copy: whoever reads the download may give a piece's memory back before its time is over.
      held.chunks.push(Buffer.from(chunk));
      held.bytes += chunk.length;
      if (held.bytes > maxHeldBytes) drop();
    },
    close() {
      // An end before its time, which the next run is to continue from.
      if (held !== undefined && held.bytes > 0 && held.bytes !== held.identity.total) keep();
      drop();
      store.close();
    },
  };
}
