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

/** ProvisionError `log-untrusted`, its details naming the part. */
export function logFailure(
  part: LogPart,
  summary: string,
  details: Readonly<Record<string, string>> = {},
): ProvisionError {
  return new ProvisionError("log-untrusted", summary, { details: { part, ...details } });
}
