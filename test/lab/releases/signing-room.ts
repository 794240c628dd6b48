import {
  config,
  enums,
  generateKey,
  LiteralDataPacket,
  PacketList,
  Signature,
  SignaturePacket,
  type Key,
  type PrivateKey,
  type SecretKeyPacket,
  type SecretSubkeyPacket,
} from "openpgp";
import { createArchiveDigest } from "../../../src/fetch/unpack/digest-archive.ts";
import { checkSignature, claimSignature, type SignatureClaim } from "../../../src/trust/signature/check-signature.ts";
import { readSignatures } from "../../../src/trust/signature/detached-signature.ts";
import { readSigningKey } from "../../../src/trust/signature/signing-key.ts";
import { refusalOf } from "../../unit/fetch/unpack/staging-room.ts";

export const archive: Buffer = Buffer.from("what a release has in it");
export const made = new Date("2024-01-30T00:00:00Z");

/** Some days after the keys of these tests were made. */
export function daysLater(days: number): Date {
  return new Date(made.getTime() + days * 86_400_000);
}

/** A primary key that certifies, with one subkey that signs; both from `made` on, the subkey for so many days. */
export async function makeKey(subkeyDays = 0, kind: "ecc" | "rsa" = "ecc"): Promise<PrivateKey> {
  const subkey = { sign: true, keyExpirationTime: subkeyDays * 86_400 };
  const { privateKey } = await generateKey({
    userIDs: [{ name: "a test" }],
    date: made,
    ...(kind === "rsa" ? { type: "rsa", rsaBits: 2048 } : { type: "ecc" }),
    subkeys: [subkey],
    format: "object",
  });
  return privateKey;
}

interface SignOptions {
  readonly at?: Date;
  readonly bytes?: Buffer;
  readonly type?: enums.signature;
  readonly hash?: enums.hash;
  /** Default: the first subkey. */
  readonly by?: SecretKeyPacket | SecretSubkeyPacket;
}

/** A detached, armored signature by a key's subkey, whether or not it is entitled to make one. */
export async function signAnyhow(key: PrivateKey, options: SignOptions = {}): Promise<string> {
  const { at = daysLater(10), bytes = archive, type = enums.signature.binary, hash = enums.hash.sha256 } = options;
  const by = options.by ?? key.subkeys[0]?.keyPacket;
  if (by === undefined) throw new Error("the key has no subkey");
  const data = Object.assign(new LiteralDataPacket(), { data: bytes, text: null });
  const packet = Object.assign(new SignaturePacket(), {
    signatureType: type,
    publicKeyAlgorithm: by.algorithm,
    hashAlgorithm: hash,
  });
  // The last argument is there, and needed, though the types do not have it. Its salt would be too short for SHA-1.
  const settings = { ...config, nonDeterministicSignaturesViaNotation: false };
  await (packet.sign as (...parameters: unknown[]) => Promise<void>).call(packet, by, data, at, true, settings);
  const packets = new PacketList<SignaturePacket>();
  packets.push(packet);
  return new Signature(packets).armor();
}

/** What a run does: the key file, the signature, then the bytes as they pass by. */
export async function prove(
  asc: string,
  key: Key,
  { bytes = archive, keyFile = key.toPublic().armor() }: { bytes?: Buffer; keyFile?: string } = {},
): Promise<SignatureClaim> {
  const pinned = await readSigningKey(keyFile, "the test", key.getFingerprint().toUpperCase());
  return proveBy(asc, pinned, bytes);
}

/** The same with a key as it is in memory: armored, an unbound subkey would not come through. */
export async function proveBy(asc: string, key: Key, bytes: Buffer = archive): Promise<SignatureClaim> {
  const claim = await claimSignature(await readSignatures(asc), key);
  const digest = createArchiveDigest(1_000_000, "the test", () => true);
  for (let at = 0; at < bytes.length; at += 5) digest.update(bytes.subarray(at, at + 5));
  const passed = digest.finish();
  await checkSignature(claim, (hash, trailer) => passed.digestWith(hash, trailer));
  return claim;
}

export async function codeOf(proof: Promise<unknown>): Promise<string> {
  return (await refusalOf(proof)).code;
}
