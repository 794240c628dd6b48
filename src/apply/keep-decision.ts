import { places } from "../host/places.ts";
import type { LeftAlone, Receipt } from "../host/state/receipt.ts";
import { formatStateFile } from "../host/state/state-file.ts";
import { writeState } from "./acts/write-file.ts";
import type { InstallPorts } from "./apply-install.ts";
import { runTransaction } from "./run-transaction.ts";

/**
 * Notes in the receipt which edited rc files stay as they are, so that no later run asks the shells about them again.
 *
 * @throws ProvisionError as runTransaction
 */
export function keepDecision(
  ports: InstallPorts,
  receipt: Receipt,
  leftAlone: readonly LeftAlone[],
): Promise<undefined> {
  return runTransaction(ports, "install", async (transaction) => {
    const text = formatStateFile({ ...receipt, leftAlone }, ports.writtenBy);
    await writeState(ports, transaction, places.receipt, Buffer.from(text));
    return { result: undefined, deletions: [] };
  });
}
