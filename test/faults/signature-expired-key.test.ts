// Rule: the subkey has to have been alive when it signed. That it has expired since is no matter: releases outlive subkeys.
import { reformatKey } from "openpgp";
import { expect, test } from "vitest";
import { codeOf, daysLater, makeKey, prove, signAnyhow } from "../lab/releases/signing-room.ts";

test("a signature that was made while the subkey lived, which it no longer does", async () => {
  const key = await makeKey(30);
  expect(daysLater(30).getTime()).toBeLessThan(Date.now());
  await expect(prove(await signAnyhow(key, { at: daysLater(29) }), key)).resolves.toBeDefined();
});

test("a signature of the day on which the subkey had expired", async () => {
  const key = await makeKey(30);
  expect(await codeOf(prove(await signAnyhow(key, { at: daysLater(30) }), key))).toBe("signature-invalid");
});

test("a signature that claims to be older than its key", async () => {
  const key = await makeKey();
  expect(await codeOf(prove(await signAnyhow(key, { at: daysLater(-1) }), key))).toBe("signature-invalid");
});

test("a primary key that had expired, though the subkey says nothing of an end", async () => {
  const key = await makeKey();
  const options = { privateKey: key, userIDs: [{ name: "a test" }], date: daysLater(1), format: "object" as const };
  const { privateKey } = await reformatKey({ ...options, keyExpirationTime: 20 * 86_400 });
  expect(await codeOf(prove(await signAnyhow(key, { at: daysLater(40) }), privateKey))).toBe("signature-invalid");
});

test("a key whose lifetime was prolonged later still proves what it signed before", async () => {
  const key = await makeKey();
  const options = { privateKey: key, userIDs: [{ name: "a test" }], date: daysLater(400), format: "object" as const };
  const { privateKey } = await reformatKey(options);
  await expect(prove(await signAnyhow(key, { at: daysLater(10) }), privateKey)).resolves.toBeDefined();
});
