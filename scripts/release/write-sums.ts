import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { signatureFile, sumsFile } from "../../src/trust/own-release/check-signed-sums.ts";
import { sha256OfFile } from "./sha256-of-file.ts";
import { type SigningKey, signFile } from "./signing-key.ts";

/** The files of a release, without sums and their signature: paths below `directory`. */
export function listFiles(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  const isOther = (name: string): boolean => name.endsWith(".sha256") || [sumsFile, signatureFile].includes(name);
  return names.filter((name) => !isOther(name) && statSync(join(directory, name)).isFile()).toSorted();
}

/** A `.sha256` beside each file, SHA256SUMS of all of them, and its signature, none where there is no key. */
export async function writeSums(
  directory: string,
  { version, time, keys }: { readonly version: string; readonly time: string; readonly keys: readonly SigningKey[] },
): Promise<void> {
  const lines: string[] = [];
  for (const name of listFiles(directory)) {
    const sum = await sha256OfFile(join(directory, name));
    lines.push(`${sum}  ${name}\n`);
    writeFileSync(join(directory, `${name}.sha256`), `${sum}  ${basename(name)}\n`);
  }
  writeFileSync(join(directory, sumsFile), lines.join(""));
  if (keys.length === 0) return;
  // The same key, bytes and time give the same signature: Ed25519 draws no random number.
  const seconds = Date.parse(time) / 1000;
  const comment = `timestamp:${seconds}\tfile:${sumsFile}\tname:readygo\tversion:${version}\thashed`;
  writeFileSync(join(directory, signatureFile), signFile(readFileSync(join(directory, sumsFile)), keys, comment));
}
