import { createHash, createPublicKey, verify } from "node:crypto";

/** A public key in minisign's format. */
export interface MinisignKey {
  /** 16 hexadecimal digits, as minisign prints it. */
  readonly id: string;
  /** As one line, for minisign's -P. */
  readonly line: string;
  /** Ed25519, 32 bytes. */
  readonly bytes: Buffer;
}

/** One signature of a `.minisig` file: over the BLAKE2b-512 of the file (minisign's only form since 0.10). */
export interface MinisignSignature {
  readonly keyId: string;
  readonly signature: Buffer;
  /** Over {@link signature} and the comment. */
  readonly commentSignature: Buffer;
  readonly trustedComment: string;
}

const keyBytes = 2 + 8 + 32;
const signatureBytes = 2 + 8 + 64;

/** The key of a line, or of a `.pub` file, whose first line is a comment; undefined where it is none. */
export function parseMinisignKey(text: string): MinisignKey | undefined {
  const line = text.trim().split("\n").at(-1)?.trim() ?? "";
  const bytes = decode(line);
  if (bytes?.length !== keyBytes || bytes.toString("latin1", 0, 2) !== "Ed") return undefined;
  return { id: formatKeyId(bytes.subarray(2, 10)), line, bytes: bytes.subarray(10) };
}

/** The number is stored with its lowest byte first. */
export function formatKeyId(bytes: Uint8Array): string {
  return Buffer.from(bytes).reverse().toString("hex").toUpperCase();
}

/**
 * All signatures of a file: minisign reads the first and passes over the rest, so that two keys can sign while one takes the
 * other's place. Undefined where it is no such file.
 */
export function parseMinisignFile(text: string): readonly MinisignSignature[] | undefined {
  const lines = text.replaceAll("\r\n", "\n").trimEnd().split("\n");
  const signatures: MinisignSignature[] = [];
  for (let at = 0; at < lines.length; at += 4) {
    const [untrusted = "", first = "", trusted = "", second = ""] = lines.slice(at, at + 4);
    const bytes = decode(first);
    const commentSignature = decode(second);
    const isOne = untrusted.startsWith("untrusted comment: ") && trusted.startsWith("trusted comment: ");
    if (!isOne || bytes?.length !== signatureBytes || commentSignature?.length !== 64) return undefined;
    if (bytes.toString("latin1", 0, 2) !== "ED") return undefined;
    signatures.push({
      keyId: formatKeyId(bytes.subarray(2, 10)),
      signature: bytes.subarray(10),
      commentSignature,
      trustedComment: trusted.slice("trusted comment: ".length),
    });
  }
  return signatures;
}

/** Whether the key has signed these bytes and the comment beside them. */
export function isSignedBy(content: Uint8Array, found: MinisignSignature, key: MinisignKey): boolean {
  if (found.keyId !== key.id) return false;
  const publicKey = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: key.bytes.toString("base64url") },
    format: "jwk",
  });
  const { signature, commentSignature, trustedComment } = found;
  const digest = createHash("blake2b512").update(content).digest();
  return (
    verify(null, digest, publicKey, signature) &&
    verify(null, Buffer.concat([signature, Buffer.from(trustedComment)]), publicKey, commentSignature)
  );
}

/** Buffer.from passes over what is not base64: only what is written back the same counts. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return text !== "" && bytes.toString("base64") === text ? bytes : undefined;
}
