import { places } from "../places.ts";
import type { ReadFiles } from "../ports.ts";
import { type Receipt, receiptShape } from "./receipt.ts";
import { readStateFile } from "./state-file.ts";

/**
 * The receipt, or undefined where readygo has installed nothing.
 *
 * @throws ProvisionError as readStateFile
 */
export function readReceipt(files: ReadFiles): Receipt | undefined {
  return readStateFile(files, places.receipt, receiptShape);
}
