// Rule: what a revoked key has signed proves nothing, whenever it was signed: whoever has the key can choose the date.
import { enums, readKey, revokeKey, type SecretKeyPacket } from "openpgp";
import { expect, test } from "vitest";
import { codeOf, daysLater, makeKey, proveBy, signAnyhow } from "../lab/releases/signing-room.ts";

test.each([
  ["compromised", enums.reasonForRevocation.keyCompromised],
  ["superseded", enums.reasonForRevocation.keySuperseded],
])("a subkey that was revoked as %s after it had signed", async (_why, flag) => {
  const key = await makeKey();
  const asc = await signAnyhow(key, { at: daysLater(10) });
  const [subkey] = key.subkeys;
  if (subkey === undefined) throw new Error("no subkey");
  key.subkeys = [await subkey.revoke(key.keyPacket as SecretKeyPacket, { flag }, daysLater(20))];
  expect(await codeOf(proveBy(asc, await readKey({ armoredKey: key.toPublic().armor() })))).toBe("signature-invalid");
});

test("a primary key that was revoked", async () => {
  const key = await makeKey();
  const asc = await signAnyhow(key);
  const { publicKey } = await revokeKey({ key, date: daysLater(20), format: "object" });
  expect(await codeOf(proveBy(asc, publicKey))).toBe("signature-invalid");
});
