import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createMessage, generateKey, readPrivateKey, sign } from "openpgp";
import { cached } from "../suite/lab-cache.ts";
import type { LabArchive } from "./releases.ts";

/** The lab's stand-in for the publisher's signing key: a primary that certifies and a subkey that signs. */
interface LabKey {
  /** Upper case, of the primary. */
  readonly fingerprint: string;
  /** What the publisher would serve as linux_signing_key.pub: an older foreign key, then this one, each in its own armor. */
  readonly keyFile: string;
  readonly privateKey: string;
}

const userIDs = [{ name: "readygo lab signing authority" }];

/** Made once; bundles on throw-away hosts have its fingerprint in the place of the pinned one. */
export async function makeLabKey(): Promise<LabKey> {
  const directory = await cached("signing-key", async (into) => {
    const foreign = await generateKey({ userIDs: [{ name: "an older key" }], format: "object" });
    const own = await generateKey({ userIDs, subkeys: [{ sign: true }], format: "object" });
    writeFileSync(join(into, "private.asc"), own.privateKey.armor());
    writeFileSync(join(into, "linux_signing_key.pub"), foreign.publicKey.armor() + own.publicKey.armor());
    writeFileSync(join(into, "fingerprint"), own.publicKey.getFingerprint().toUpperCase());
  });
  const read = (name: string): string => readFileSync(join(directory, name), "utf8");
  return {
    fingerprint: read("fingerprint"),
    keyFile: read("linux_signing_key.pub"),
    privateKey: read("private.asc"),
  };
}

/** The path of an archive's detached signature by the lab's key, in the publisher's form. */
export async function signArchive({ path, sha256 }: LabArchive): Promise<string> {
  const key = await makeLabKey();
  const directory = await cached(`signatures/${key.fingerprint}-${sha256}`, async (into) => {
    const signingKeys = await readPrivateKey({ armoredKey: key.privateKey });
    const binary = Readable.toWeb(createReadStream(path)) as never;
    const message = await createMessage({ binary });
    const signature: unknown = await sign({ message, signingKeys, detached: true });
    writeFileSync(join(into, "archive.asc"), await readWhole(signature));
  });
  return join(directory, "archive.asc");
}

async function readWhole(text: unknown): Promise<string> {
  if (typeof text === "string") return text;
  const chunks: string[] = [];
  for await (const chunk of text as AsyncIterable<string>) chunks.push(chunk);
  return chunks.join("");
}
