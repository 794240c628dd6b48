// Rule: other keys in the key file are passed over, as the publisher's old DSA key is, in an armor of its own or not.
import { armor, enums } from "openpgp";
import { expect, test } from "vitest";
import { makeKey, prove, signAnyhow } from "../lab/releases/signing-room.ts";

const unreadable = [
  "-----BEGIN PGP PUBLIC KEY BLOCK-----",
  "Version: GnuPG v1.4.2.2 (GNU/Linux)",
  "",
  "mQGiBEXwb0YRBADQva2NLpYXxgjNkbuP0LnPoEXruGmvi3XMIxjEUFuGNCP4Rj/a",
  "=GEHQ",
  "-----END PGP PUBLIC KEY BLOCK-----",
  "",
].join("\n");

test("another key before it, in its own armor; one that cannot be read; text around them", async () => {
  const [key, other] = [await makeKey(), await makeKey()];
  const asc = await signAnyhow(key);
  const own = key.toPublic().armor();
  const foreign = other.toPublic().armor();
  for (const keyFile of [foreign + own, own + foreign, unreadable + own, `# keys\n\n${foreign}\n\n${own}\n# end\n`])
    await expect(prove(asc, key, { keyFile })).resolves.toBeDefined();
});

test("two keys in one armor", async () => {
  const [key, other] = [await makeKey(), await makeKey()];
  const packets = [other, key].map((each) => each.toPublic().toPacketList().write());
  const keyFile = armor(enums.armor.publicKey, Buffer.concat(packets));
  await expect(prove(await signAnyhow(key), key, { keyFile })).resolves.toBeDefined();
});
