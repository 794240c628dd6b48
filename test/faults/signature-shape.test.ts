// Rule: a signature is one over a file, made with SHA-256 or SHA-512, and whole; nothing else is read as one.
import { enums } from "openpgp";
import { expect, test } from "vitest";
import { codeOf, makeKey, prove, signAnyhow } from "../lab/releases/signing-room.ts";

test("SHA-512 is as good as SHA-256", async () => {
  const key = await makeKey();
  for (const hash of [enums.hash.sha256, enums.hash.sha512])
    await expect(prove(await signAnyhow(key, { hash }), key)).resolves.toBeDefined();
});

test("SHA-1, with which two files can be made for one signature", async () => {
  // An Ed25519 key's signature over so short a digest could not be made.
  const key = await makeKey(0, "rsa");
  expect(await codeOf(prove(await signAnyhow(key, { hash: enums.hash.sha1 }), key))).toBe("signature-invalid");
});

test("a signature over a text, which leaves line ends open, or over nothing", async () => {
  const key = await makeKey();
  for (const type of [enums.signature.text, enums.signature.standalone])
    expect(await codeOf(prove(await signAnyhow(key, { type }), key))).toBe("signature-invalid");
});

test("a signature that was cut off or garbled", async () => {
  const key = await makeKey();
  const asc = await signAnyhow(key);
  const lines = asc.split("\n");
  const cut = [...lines.slice(0, 3), ...lines.slice(-3)].join("\n");
  const empty = "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n";
  for (const bad of [cut, empty]) expect(await codeOf(prove(bad, key))).toBe("signature-invalid");
});
