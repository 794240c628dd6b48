import type { Key } from "openpgp";
import { ProvisionError } from "../../errors/provision-error.ts";

/** Primary key of the publisher's Linux packages signing authority; its subkeys, which change every two years, sign. */
export const pinnedFingerprint = "EB4C1BFD4F042F6DDDCCEC917721F63BD38B4796";

/** What the publisher calls the file, and where it serves it. */
export const keyFileName = "linux_signing_key.pub";
export const publishedKeyUrl = `https://dl.google.com/linux/${keyFileName}`;

/**
 * The key with the pinned fingerprint out of an armored key file. Other keys are passed over, readable or not: the
 * publisher's file has an old DSA key too, in an armor of its own, and a reader of one armor would see that alone.
 *
 * @throws ProvisionError `signature-key-unknown` where the file has keys, and the pinned one is not among them
 */
export async function readSigningKey(file: string, from: string, pinned: string = pinnedFingerprint): Promise<Key> {
  const { readKeys } = await import("openpgp");
  const blocks = file.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----[^]*?-----END PGP PUBLIC KEY BLOCK-----/g) ?? [];
  const found: string[] = [];
  for (const armoredKeys of blocks) {
    const keys = await readKeys({ armoredKeys }).catch(() => []);
    for (const key of keys) {
      const fingerprint = key.getFingerprint().toUpperCase();
      if (fingerprint === pinned) return key;
      found.push(fingerprint);
    }
  }
  throw new ProvisionError("signature-key-unknown", "the publisher's signing key is not in the key file", {
    details: { expected: pinned, found: found.join(", ") || "no key that can be read", from },
  });
}

/** Whether a text can be a key file at all: on many networks a web page is what comes. */
export function isKeyFile(text: string): boolean {
  return text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----");
}
