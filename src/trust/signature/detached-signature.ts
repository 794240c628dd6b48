import type { SignaturePacket } from "openpgp";
import { ProvisionError } from "../../errors/provision-error.ts";

/** Of what a file's digest is made. Both can be taken while the file passes by, and ended with any signature's trailer. */
export type SignedHash = "sha256" | "sha512";

/** One signature over a file's bytes, in the only shape that is accepted: version 4, binary, SHA-256 or SHA-512. */
export interface DetachedSignature {
  readonly packet: SignaturePacket;
  readonly signedAt: Date;
  readonly hash: SignedHash;
  /** What follows the file's bytes in the signed digest (RFC 9580, 5.2.4). */
  readonly trailer: Uint8Array;
}

/**
 * The signatures of an armored `.asc` file.
 *
 * @throws ProvisionError `signature-invalid` where it cannot be read, or holds a signature of another shape
 */
export async function readSignatures(armoredSignature: string): Promise<readonly DetachedSignature[]> {
  const { readSignature } = await import("openpgp");
  let packets: readonly SignaturePacket[];
  try {
    packets = (await readSignature({ armoredSignature })).packets;
  } catch (cause) {
    throw invalidSignature("the signature cannot be read", { cause });
  }
  if (packets.length === 0) throw invalidSignature("the signature's file holds none");
  return Promise.all([...packets].map(readPacket));
}

/** Whether a text can be a signature at all. */
export function isSignatureFile(text: string): boolean {
  return text.includes("-----BEGIN PGP SIGNATURE-----");
}

async function readPacket(packet: SignaturePacket): Promise<DetachedSignature> {
  const { enums } = await import("openpgp");
  const { signatureData, created } = packet;
  const hash = hashOf(packet.hashAlgorithm, enums.hash);
  // A version 6 signature puts a salt before the file's bytes: by then they have passed. No release has had one.
  if (packet.version !== 4) throw invalidSignature(`the signature is of version ${packet.version}, not 4`);
  if (packet.signatureType !== enums.signature.binary) throw invalidSignature("the signature is not one over a file");
  if (hash === undefined) throw invalidSignature("the signature is over neither SHA-256 nor SHA-512");
  if (signatureData === null || created === null) throw invalidSignature("the signature does not say when it was made");
  const end = Buffer.from([4, 0xff, 0, 0, 0, 0]);
  end.writeUInt32BE(signatureData.length, 2);
  return { packet, hash, signedAt: created, trailer: Buffer.concat([signatureData, end]) };
}

function hashOf(
  algorithm: number | null,
  known: { readonly sha256: number; readonly sha512: number },
): SignedHash | undefined {
  if (algorithm === known.sha256) return "sha256";
  return algorithm === known.sha512 ? "sha512" : undefined;
}

export function invalidSignature(
  summary: string,
  options: { readonly details?: Readonly<Record<string, string>>; readonly cause?: unknown } = {},
): ProvisionError {
  return new ProvisionError("signature-invalid", summary, options);
}
