// Rule: a subkey signs only where the primary has bound it for signing, and it has bound itself to the primary.
import { generateKey } from "openpgp";
import { expect, test } from "vitest";
import { codeOf, made, makeKey, proveBy, signAnyhow } from "../lab/releases/signing-room.ts";

test("a subkey that the primary has not bound", async () => {
  const key = await makeKey();
  const asc = await signAnyhow(key);
  for (const subkey of key.subkeys) subkey.bindingSignatures = [];
  expect(await codeOf(proveBy(asc, key))).toBe("signature-invalid");
});

test("a subkey that another primary has bound", async () => {
  const [key, other] = [await makeKey(), await makeKey()];
  const asc = await signAnyhow(other);
  key.subkeys = other.subkeys;
  expect(await codeOf(proveBy(asc, key))).toBe("signature-invalid");
});

test("a subkey that has not bound itself: the primary claims a key of somebody else's", async () => {
  const key = await makeKey();
  const asc = await signAnyhow(key);
  for (const { bindingSignatures } of key.subkeys)
    for (const binding of bindingSignatures) binding.embeddedSignature = null;
  expect(await codeOf(proveBy(asc, key))).toBe("signature-invalid");
});

test("a subkey that is bound for encryption alone", async () => {
  const { privateKey } = await generateKey({
    userIDs: [{ name: "a test" }],
    type: "rsa",
    rsaBits: 2048,
    date: made,
    subkeys: [{ sign: false }],
    format: "object",
  });
  expect(await codeOf(proveBy(await signAnyhow(privateKey), privateKey))).toBe("signature-invalid");
});
