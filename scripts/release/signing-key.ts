import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { readFileSync } from "node:fs";

/** A secret key in minisign's format, without a password. */
export interface SigningKey {
  readonly keyId: Buffer;
  /** The public key as one line. */
  readonly publicLine: string;
  readonly privateKey: KeyObject;
}

/** The environment names them; who takes one key's place by another signs with both for a while, the new one first. */
export const keyVariables = ["READYGO_RELEASE_KEY", "READYGO_RELEASE_KEY_2"] as const;

/** The keys of an environment, each a file or its text; none where there are none. */
export function readSigningKeys(
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly SigningKey[] {
  return keyVariables.flatMap((name) => {
    const given = env[name] ?? "";
    if (given === "") return [];
    const text = given.startsWith("untrusted comment:") ? given : readFileSync(given, "utf8");
    try {
      return [parseSecretKey(text)];
    } catch (cause) {
      throw new Error(`${name} is no secret key of minisign's without a password (minisign -G -W)`, { cause });
    }
  });
}

// minisign(1), *Secret key format*: two letters each for signature, key derivation (zeros: no password) and checksum, then
// 32 + 8 + 8 bytes that a password would need, the number, the seed with the public key, and a checksum over those three (zeros
// without a password).
const lengths = { head: 6, derivation: 48, keyId: 8, seed: 32, publicKey: 32, checksum: 32 };

function parseSecretKey(text: string): SigningKey {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  let at = 0;
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  const head = take(lengths.head);
  take(lengths.derivation);
  const [keyId, seed, publicKey, checksum] = [take(8), take(32), take(32), take(32)];
  if (!head.equals(Buffer.from("Ed\0\0B2", "latin1"))) throw new Error("it has a password, or is no key");
  if (checksum.length !== 32 || at !== bytes.length) throw new Error("it is cut off");
  const privateKey = createPrivateKey({
    key: { kty: "OKP", crv: "Ed25519", d: seed.toString("base64url"), x: publicKey.toString("base64url") },
    format: "jwk",
  });
  // Node takes x as it is given: what the seed comes to is the public key.
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  if (x !== publicKey.toString("base64url")) throw new Error("its two halves do not belong together");
  return { keyId, privateKey, publicLine: Buffer.concat([Buffer.from("Ed"), keyId, publicKey]).toString("base64") };
}

/** A new key for tests, as `minisign -G -W` makes one. */
export function makeSecretKey(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { d = "", x = "" } = privateKey.export({ format: "jwk" });
  const keyId = randomBytes(lengths.keyId);
  const pair = Buffer.concat([Buffer.from(d, "base64url"), Buffer.from(x, "base64url")]);
  const checksum = Buffer.alloc(lengths.checksum);
  const head = Buffer.from("Ed\0\0B2", "latin1");
  const bytes = Buffer.concat([head, Buffer.alloc(lengths.derivation), keyId, pair, checksum]);
  return `untrusted comment: minisign secret key\n${bytes.toString("base64")}\n`;
}

/** A `.minisig` with one signature by each key. */
export function signFile(content: Uint8Array, keys: readonly SigningKey[], trustedComment: string): string {
  const digest = blake2b(content);
  return keys
    .map(({ keyId, privateKey }) => {
      const signature = sign(null, digest, privateKey);
      const whole = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), privateKey);
      const packed = Buffer.concat([Buffer.from("ED"), keyId, signature]);
      return [
        "untrusted comment: signature by the release key of readygo",
        packed.toString("base64"),
        `trusted comment: ${trustedComment}`,
        whole.toString("base64"),
        "",
      ].join("\n");
    })
    .join("");
}

function blake2b(content: Uint8Array): Buffer {
  return createHash("blake2b512").update(content).digest();
}
