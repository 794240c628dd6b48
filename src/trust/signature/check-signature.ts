import type { Key, Subkey } from "openpgp";
import { ProvisionError } from "../../errors/provision-error.ts";
import { type DetachedSignature, invalidSignature, type SignedHash } from "./detached-signature.ts";

/** A signature of the pinned key's that has been found good as far as that can be told without the file. */
export interface SignatureClaim {
  readonly signature: DetachedSignature;
  readonly signer: Key | Subkey;
  /** Upper case, of the primary key. */
  readonly fingerprint: string;
  readonly subkey: string;
}

/** The digest of the file's bytes with `trailer` after them. */
type DigestWith = (hash: SignedHash, trailer: Uint8Array) => Uint8Array;

/**
 * Which of the signatures is the pinned key's, and whether the subkey was entitled to make it: bound to the primary and
 * bound back, for signing, not revoked, and neither too young nor expired at the time of signing. That it has expired
 * since is no matter, and no clock of this host is asked.
 *
 * @throws ProvisionError `signature-key-unknown`, `signature-invalid`
 */
export async function claimSignature(signatures: readonly DetachedSignature[], key: Key): Promise<SignatureClaim> {
  const fingerprint = key.getFingerprint().toUpperCase();
  const signature = signatures.find(({ packet }) => key.getKeys(packet.issuerKeyID).length > 0);
  if (signature === undefined) {
    const issuers = signatures.map(({ packet }) => packet.issuerKeyID.toHex().toUpperCase()).join(", ");
    throw new ProvisionError("signature-key-unknown", "the signature is not by the publisher's signing key", {
      details: { expected: `a subkey of ${fingerprint}`, received: issuers },
    });
  }
  const signer = await findSigner(signature, key);
  const subkey = signer.getKeyID().toHex().toUpperCase();
  const claim = { signature, signer, fingerprint, subkey };
  await checkLifetime(claim, key);
  return claim;
}

/**
 * @throws ProvisionError `signature-invalid` where the signature is not one over these bytes
 */
export async function checkSignature(claim: SignatureClaim, digestWith: DigestWith): Promise<void> {
  const { enums } = await import("openpgp");
  const { packet, hash, trailer, signedAt } = claim.signature;
  // openpgp takes a digest that was made before from here, as it does for one-pass signatures; it hashes nothing itself.
  Object.assign(packet, { hashed: digestWith(hash, trailer) });
  try {
    await packet.verify(claim.signer.keyPacket, enums.signature.binary, new Uint8Array(), signedAt, true);
  } catch (cause) {
    throw invalidSignature("the publisher's signature is not one of this archive", {
      cause,
      details: { key: claim.fingerprint, subkey: claim.subkey },
    });
  }
}

async function findSigner({ packet }: DetachedSignature, key: Key): Promise<Key | Subkey> {
  try {
    return await key.getSigningKey(packet.issuerKeyID, null);
  } catch (cause) {
    throw invalidSignature("the key that made the signature is not entitled to: it is revoked, or not bound for it", {
      cause,
      details: { key: key.getFingerprint().toUpperCase(), subkey: packet.issuerKeyID.toHex().toUpperCase() },
    });
  }
}

async function checkLifetime({ signature, signer, subkey, fingerprint }: SignatureClaim, key: Key): Promise<void> {
  const { signedAt } = signature;
  const isPrimary = signer === key;
  const ends = [await key.getExpirationTime(), ...(isPrimary ? [] : [await expiryOf(signer as Subkey)])];
  const isExpired = ends.some((end) => end === null || signedAt >= end);
  if (!isExpired && signedAt >= signer.getCreationTime()) return;
  const details = {
    key: fingerprint,
    subkey,
    signed: signedAt.toISOString(),
    created: signer.getCreationTime().toISOString(),
    expires: ends
      .map((end) => (end instanceof Date ? end.toISOString() : end === null ? "unknown" : "never"))
      .join(", "),
  };
  const what = isExpired ? "had expired" : "did not exist yet";
  throw invalidSignature(`the key that made the signature ${what} when it was made`, { details });
}

/** Without a date openpgp takes the newest binding, whatever the clock says; its types do not have that case. */
async function expiryOf(subkey: Subkey): Promise<Date | number | null> {
  return subkey.getExpirationTime(null as unknown as Date);
}
