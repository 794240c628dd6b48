import { places } from "../../../src/host/places.ts";
import { formatStateFile } from "../../../src/host/state/state-file.ts";
import type { LabHost } from "./throw-away-host.ts";

/** Writes the receipt anew as readygo would have: what a run of another day could have left. */
export function editReceipt(host: Pick<LabHost, "read" | "write">, change: (receipt: object) => object): void {
  const {
    schema: _,
    checksum: __,
    writtenBy,
    ...receipt
  } = JSON.parse(host.read(places.receipt)) as Record<string, unknown>;
  host.write(places.receipt, formatStateFile(change(receipt), String(writtenBy)), 0o600);
}
