import { readFileSync } from "node:fs";
import {
  createCleartextMessage,
  createMessage,
  config,
  generateKey,
  type PrivateKey,
  readPrivateKey,
  sign,
} from "openpgp";

export const aptKeyVariable = "READYGO_APT_KEY";

// Without a random notation the same key, text and time give the same signature.
config.nonDeterministicSignaturesViaNotation = false;
config.showVersion = false;

/** The key of the environment that signs the apt repository: a file, or its armored text; undefined for none. */
export async function readAptKey(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<PrivateKey | undefined> {
  const given = env[aptKeyVariable] ?? "";
  if (given === "") return undefined;
  const armoredKey = given.startsWith("-----BEGIN") ? given : readFileSync(given, "utf8");
  const key = await readPrivateKey({ armoredKey });
  if (!key.isDecrypted()) throw new Error(`${aptKeyVariable} has a password: export it without one`);
  return key;
}

/** A new key for tests. */
export async function makeAptKey(): Promise<string> {
  const { privateKey } = await generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name: "readygo test archive" }],
    date: new Date("2026-01-01T00:00:00Z"),
    format: "armored",
  });
  return privateKey;
}

/** `InRelease` and `Release.gpg` of a Release file. */
export async function signRelease(
  text: string,
  signingKeys: PrivateKey,
  date: Date,
): Promise<{ readonly inline: string; readonly detached: string }> {
  const inline = await sign({ message: await createCleartextMessage({ text }), signingKeys, date });
  const message = await createMessage({ binary: Buffer.from(text) });
  const detached = await sign({ message, signingKeys, date, detached: true });
  return { inline, detached };
}
