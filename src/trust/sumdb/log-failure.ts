import type { ErrorCode } from "../../errors/error-codes.ts";
import { ProvisionError } from "../../errors/provision-error.ts";

/**
 * Which part of the checksum database's answer does not hold:
 *
 * - `signature`: signed with the pinned key's name, but not by that key
 * - `key`: no signature of the pinned key at all
 * - `tree head`: the signed text is not one of a tree, or not the one that is claimed
 * - `record text`: the record is not this release's
 * - `inclusion proof`: the signed tree does not hold the record
 * - `consistency proof`: the tiles that should show one signed tree in another are not those of the newer one
 */
export type LogPart = "signature" | "key" | "tree head" | "record text" | "inclusion proof" | "consistency proof";

const codes = {
  signature: "log-signature-invalid",
  key: "log-key-unknown",
  "tree head": "log-head-wrong",
  "record text": "log-record-wrong",
  "inclusion proof": "log-proof-wrong",
  "consistency proof": "log-proof-wrong",
} as const satisfies Record<LogPart, ErrorCode>;

/** A code of the part's own, which the details name. */
export function logFailure(
  part: LogPart,
  summary: string,
  details: Readonly<Record<string, string>> = {},
): ProvisionError {
  return new ProvisionError(codes[part], summary, { details: { part, ...details } });
}
