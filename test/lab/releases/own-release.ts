import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type OwnForm, ownForms } from "../../../src/host/own-program.ts";
import { hashBytes } from "../../../src/release/sha256.ts";
import { type SigningKey, signFile, readSigningKeys } from "../../../scripts/release/signing-key.ts";
import { createHost, type HostOptions, type LabHost } from "../hosts/throw-away-host.ts";
import { checkout } from "../suite/lab-cache.ts";
import { releaseFiles, releaseKeys } from "./release-files.ts";

export const ownPath = "/usr/local/bin/readygo";

/** A key of the lab's: `minisign` has signed the release that hosts run, `other` is a stranger's. */
export async function labSigningKey(name: "minisign" | "other"): Promise<SigningKey> {
  const [key] = readSigningKeys({ READYGO_RELEASE_KEY: join(await releaseKeys(), `${name}.key`) });
  if (key === undefined) throw new Error(`the lab has no key ${name}`);
  return key;
}

interface OwnReleaseOptions {
  readonly version: string;
  /** What the program is; default: a script that says its version. */
  readonly program?: string | Uint8Array;
  readonly forms?: readonly OwnForm[];
  readonly keys?: readonly SigningKey[];
  /** Default: what `npm run release` signs. */
  readonly comment?: string;
}

/** Writes what self-update asks a base for into `directory`: a release whose program is a few bytes. */
export async function writeOwnRelease(directory: string, options: OwnReleaseOptions): Promise<void> {
  const { version, program = `#!/bin/sh\necho ${version}\n`, forms = ownForms } = options;
  for (const form of ownForms) rmSync(join(directory, `readygo-linux-amd64.${form}`), { force: true });
  for (const form of forms) {
    const packed = form === "gz" ? gzipSync(program) : zstdCompressSync(program);
    writeFileSync(join(directory, `readygo-linux-amd64.${form}`), packed);
  }
  await signOwnRelease(directory, forms, options);
}

export async function signOwnRelease(
  directory: string,
  forms: readonly OwnForm[],
  { version, keys, comment }: Pick<OwnReleaseOptions, "version" | "keys" | "comment">,
): Promise<void> {
  const names = forms.map((form) => `readygo-linux-amd64.${form}`);
  const sums = names.map((name) => `${hashBytes(readFileSync(join(directory, name)))}  ${name}\n`).join("");
  writeFileSync(join(directory, "SHA256SUMS"), sums);
  const usual = `timestamp:1767225600\tfile:SHA256SUMS\tname:readygo\tversion:${version}\thashed`;
  const signers = keys ?? [await labSigningKey("minisign")];
  writeFileSync(join(directory, "SHA256SUMS.minisig"), signFile(Buffer.from(sums), signers, comment ?? usual));
}

/** A host whose readygo is the single file of a release, at its place. */
export async function createOwnHost(options: HostOptions = {}): Promise<LabHost> {
  await releaseFiles();
  const bind = [{ from: join(checkout, "dist/readygo-linux-amd64"), to: "/opt/released" }, ...(options.bind ?? [])];
  const host = await createHost({ lower: "minbase", ...options, bind });
  await placeOwn(host);
  return host;
}

/** The released program at its place, and nothing beside it. */
export async function placeOwn(host: LabHost): Promise<void> {
  await host.script(`rm -f /usr/local/bin/.readygo.* ${ownPath}; cp /opt/released ${ownPath}; chmod 755 ${ownPath}`);
}
