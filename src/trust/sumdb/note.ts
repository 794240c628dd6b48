import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

import { logFailure } from "./log-failure.ts";

/** The key of sum.golang.org, as cmd/go/internal/modfetch/key.go pins it. */
export const sumGolangOrgKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

export interface VerifierKey {
  readonly name: string;
  /** First four bytes of sha256(name, newline, algorithm and key), as 8 hexadecimal digits. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

const ed25519Algorithm = 1;

/** A signature line starts with U+2014, an em dash. */
const signatureLine = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;

const mostSignatures = 100;

/** Parses `name+id+base64` (x/mod/sumdb/note); throws a plain Error, since keys are literals of ours. */
export function parseVerifierKey(text: string): VerifierKey {
  // The base64 has plus signs of its own: only the first two separate.
  const [, name = "", id = "", base64 = ""] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length !== 33 || bytes[0] !== ed25519Algorithm || keyId(name, bytes) !== id) {
    throw new Error(`not a verifier key: ${text}`);
  }
  const publicKey = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: bytes.subarray(1).toString("base64url") },
    format: "jwk",
  });
  return { name, id, publicKey };
}

/** The key's identity in signatures: `algorithmAndKey` is the byte 1 and 32 bytes of Ed25519 key. */
export function keyId(name: string, algorithmAndKey: Uint8Array): string {
  return createHash("sha256").update(`${name}\n`).update(algorithmAndKey).digest("hex").slice(0, 8);
}

/**
 * The text of a signed note, its last newline included. Signatures by other keys are passed over, one by this key that
 * does not verify is fatal, one good one is needed. Throws ProvisionError of logFailure: part `signature` or `key`.
 */
export function openNote(note: string, key: VerifierKey): string {
  const split = note.lastIndexOf("\n\n");
  const signatures = note.slice(split + 2);
  if (split < 0 || !signatures.endsWith("\n") || hasControlCharacter(note)) {
    throw logFailure("signature", "the checksum database's tree head is not a signed note");
  }
  const text = note.slice(0, split + 1);
  const lines = signatures.slice(0, -1).split("\n");
  if (lines.length > mostSignatures) throw logFailure("signature", "the tree head has too many signatures");
  let isSigned = false;
  for (const line of lines) {
    const [, name, base64 = ""] = signatureLine.exec(line) ?? [];
    const bytes = Buffer.from(base64, "base64");
    if (name === undefined || bytes.length < 5) {
      throw logFailure("signature", "the tree head has a malformed signature line", { line });
    }
    if (name !== key.name || bytes.toString("hex", 0, 4) !== key.id) continue;
    if (!verify(null, Buffer.from(text), key.publicKey, bytes.subarray(4))) {
      throw logFailure("signature", `the tree head's signature is not one of ${key.name}`, { key: key.id });
    }
    isSigned = true;
  }
  if (!isSigned) throw logFailure("key", `the tree head is not signed by ${key.name}`, { key: key.id });
  return text;
}

/** What the log's operator signs: how many records there are, and the root over all of them. */
export interface TreeHead {
  readonly size: number;
  readonly rootHash: Buffer;
}

/** Parses `go.sum database tree`, size and base64 root, a line each; further lines are left for the future, as in x/mod/sumdb/tlog. */
export function parseTreeHead(text: string): TreeHead {
  const [title, size = "", root = "", ...rest] = text.split("\n");
  const rootHash = Buffer.from(root, "base64");
  const isTree = title === "go.sum database tree" && /^(0|[1-9][0-9]*)$/.test(size) && rest.length > 0;
  if (
    !isTree ||
    !Number.isSafeInteger(Number(size)) ||
    rootHash.length !== 32 ||
    rootHash.toString("base64") !== root
  ) {
    throw logFailure("tree head", "the signed text is not a tree head of the checksum database");
  }
  return { size: Number(size), rootHash };
}

function hasControlCharacter(text: string): boolean {
  for (const character of text) {
    // U+FFFD is what decoding made of bytes that are not UTF-8.
    if ((character < " " && character !== "\n") || character === "\u{fffd}") return true;
  }
  return false;
}
