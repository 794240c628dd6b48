// Rule: a signature proves the bytes that it was made over, and no others.
import { expect, test } from "vitest";
import { archive, codeOf, daysLater, makeKey, prove, signAnyhow } from "../lab/releases/signing-room.ts";

test("the archive's own signature says who signed and when", async () => {
  const key = await makeKey();
  const claim = await prove(await signAnyhow(key), key);
  expect([claim.fingerprint, claim.subkey, claim.signature.signedAt]).toEqual([
    key.getFingerprint().toUpperCase(),
    key.subkeys[0]?.getKeyID().toHex().toUpperCase(),
    daysLater(10),
  ]);
});

test("one bit turned over, a byte less and a byte more", async () => {
  const key = await makeKey();
  const asc = await signAnyhow(key);
  const turned = Buffer.from(archive);
  turned.writeUInt8(turned.readUInt8(7) ^ 1, 7);
  for (const bytes of [turned, archive.subarray(1), Buffer.concat([archive, Buffer.of(0)])])
    expect(await codeOf(prove(asc, key, { bytes }))).toBe("signature-invalid");
});

test("the signature of another archive by the same key", async () => {
  const key = await makeKey();
  const asc = await signAnyhow(key, { bytes: Buffer.from("another release") });
  expect(await codeOf(prove(asc, key))).toBe("signature-invalid");
});
