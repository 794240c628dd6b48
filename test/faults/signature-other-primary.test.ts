// Rule: only the key with the pinned fingerprint counts, whatever else the key file holds and whoever serves it.
import { expect, test } from "vitest";
import { pinnedFingerprint, readSigningKey } from "../../src/trust/signature/signing-key.ts";
import { codeOf, makeKey, prove, signAnyhow } from "../lab/releases/signing-room.ts";

test("a key file with a whole and right key that is not the pinned one", async () => {
  const key = await makeKey();
  const reading = readSigningKey(key.toPublic().armor(), "a mirror");
  expect(await codeOf(reading)).toBe("signature-key-unknown");
  await expect(reading).rejects.toMatchObject({
    details: { expected: pinnedFingerprint, found: key.getFingerprint().toUpperCase(), from: "a mirror" },
  });
});

test("a good signature by another key, though both are in the key file", async () => {
  const [pinned, other] = [await makeKey(), await makeKey()];
  const keyFile = other.toPublic().armor() + pinned.toPublic().armor();
  expect(await codeOf(prove(await signAnyhow(other), pinned, { keyFile }))).toBe("signature-key-unknown");
});

test("the pinned fingerprint is the publisher's", () => {
  expect(pinnedFingerprint).toBe("EB4C1BFD4F042F6DDDCCEC917721F63BD38B4796");
});
