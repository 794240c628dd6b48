import { ProvisionError } from "../../errors/provision-error.ts";
import { type OwnVersion, parseOwnVersion } from "../../release/own-version.ts";
import { parseSha256, type Sha256 } from "../../release/sha256.ts";
import { isSignedBy, type MinisignKey, parseMinisignFile } from "./minisign.ts";

/** What a release of readygo's says of itself, once its signature has been found good. */
export interface SignedSums {
  readonly version: OwnVersion;
  /** Of the key that has signed it. */
  readonly keyId: string;
  /** By file name. */
  readonly sums: ReadonlyMap<string, Sha256>;
}

export const sumsFile = "SHA256SUMS";
export const signatureFile = `${sumsFile}.minisig`;

/**
 * Nothing of the sums is read before a known key has been found to have signed them. The version stands in the comment that is
 * signed with them.
 *
 * @throws ProvisionError `self-signature-invalid`, `self-key-unknown`
 */
export function checkSignedSums(content: Uint8Array, signature: string, keys: readonly MinisignKey[]): SignedSums {
  const signatures = parseMinisignFile(signature);
  if (signatures === undefined) throw invalid(`${signatureFile} is no signature in minisign's form`);
  const known = signatures.flatMap((found) => {
    const key = keys.find(({ id }) => id === found.keyId);
    return key === undefined ? [] : [{ found, key }];
  });
  const [first] = known;
  if (first === undefined) {
    throw new ProvisionError("self-key-unknown", "the release is signed by no key that this readygo knows", {
      details: {
        "signed by": signatures.map(({ keyId }) => keyId).join(", "),
        known: keys.map(({ id }) => id).join(", "),
      },
    });
  }
  const { found, key } = first;
  if (!isSignedBy(content, found, key)) {
    throw invalid(`${signatureFile} is not over this ${sumsFile}`, { details: { key: key.id } });
  }
  return { version: readVersion(found.trustedComment), keyId: key.id, sums: parseSums(content) };
}

/** `timestamp:1767225600	file:SHA256SUMS	version:0.1.0	hashed`: the key may have signed other things, too. */
function readVersion(comment: string): OwnVersion {
  const fields = new Map(
    comment.split("\t").map((field) => [field.split(":")[0], field.slice(field.indexOf(":") + 1)]),
  );
  const version = parseOwnVersion(fields.get("version") ?? "");
  if (version === undefined || fields.get("file") !== sumsFile || fields.get("name") !== "readygo") {
    throw invalid("what was signed is no release of readygo", { details: { comment } });
  }
  return version;
}

function parseSums(content: Uint8Array): ReadonlyMap<string, Sha256> {
  const sums = new Map<string, Sha256>();
  for (const line of Buffer.from(content).toString("utf8").trimEnd().split("\n")) {
    const [, sum = "", name = ""] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    const sha256 = parseSha256(sum);
    if (sha256 === undefined) throw invalid(`${sumsFile} has a line that is none`, { details: { line } });
    sums.set(name, sha256);
  }
  return sums;
}

function invalid(
  summary: string,
  options: { readonly details?: Readonly<Record<string, string>> } = {},
): ProvisionError {
  return new ProvisionError("self-signature-invalid", summary, options);
}
