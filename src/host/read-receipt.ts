import { parseChecksumRecord } from "../release/sumdb/checksum-record.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { places } from "./places.ts";
import type { ReadFiles } from "./ports.ts";
import { isErrno } from "./real-files.ts";
import type { Receipt } from "./receipt.ts";

/**
 * The receipt, or undefined where readygo has installed nothing.
 *
 * @throws ProvisionError `state-invalid` where it is not one of ours, `rights-missing` where only root may read it
 */
export function readReceipt(files: ReadFiles): Receipt | undefined {
  const text = readState(files);
  if (text === undefined) return undefined;
  try {
    const receipt = JSON.parse(text) as Partial<Receipt>;
    if (
      receipt.schema === 1 &&
      receipt.version !== undefined &&
      receipt.tree !== undefined &&
      Array.isArray(receipt.files) &&
      Array.isArray(receipt.previous) &&
      [receipt, ...receipt.previous].every(hasReadableRecord)
    )
      return receipt as Receipt;
  } catch (cause) {
    throw new ProvisionError("state-invalid", `${places.receipt} is not JSON`, { cause });
  }
  throw new ProvisionError("state-invalid", `${places.receipt} is not a receipt of this readygo`);
}

/** Receipts of older readygos have none. Whether it is true is for who uses it to verify. */
function hasReadableRecord({ record }: Pick<Receipt, "record">): boolean {
  return record === undefined || parseChecksumRecord(record) !== undefined;
}

function readState(files: ReadFiles): string | undefined {
  try {
    return files.read(places.receipt)?.toString("utf8");
  } catch (cause) {
    if (isErrno(cause, "EACCES", "EPERM")) {
      throw new ProvisionError("rights-missing", `only root can read ${places.receipt}`, { cause });
    }
    throw cause;
  }
}
