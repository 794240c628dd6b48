import { createHash } from "node:crypto";

declare const brand: unique symbol;

/** A SHA-256 digest as 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly [brand]: "Sha256" };

/** Parses 64 hexadecimal digits of either case, with or without the prefix `sha256:`; anything else is `undefined`. */
export function parseSha256(text: string): Sha256 | undefined {
  const digits = text
    .trim()
    .replace(/^sha256:/i, "")
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? (digits as Sha256) : undefined;
}

export function hashBytes(content: Uint8Array): Sha256 {
  return createHash("sha256").update(content).digest("hex") as Sha256;
}
