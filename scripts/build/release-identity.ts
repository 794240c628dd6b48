import { readFileSync } from "node:fs";
import { formatKeyId, parseMinisignKey } from "../../src/trust/own-release/minisign.ts";
import { readSigningKeys } from "../release/signing-key.ts";

/** What a build knows of the release that it is part of. */
export interface ReleaseIdentity {
  /** Public keys that releases are known by, one line each. */
  readonly keys: readonly string[];
  /** Where the release is served; empty where that is not known. */
  readonly base: string;
  /** What follows the version in `--version`. */
  readonly mark: string;
}

/**
 * From READYGO_RELEASE_KEY, which `npm run release` is given, and READYGO_RELEASE_BASE, which it sets. A release that is signed
 * by no key of manifests/release-keys.txt is a test build: it trusts its own key and no other, so that neither can pass for
 * the other.
 */
export function readReleaseIdentity(): ReleaseIdentity {
  const base = process.env["READYGO_RELEASE_BASE"] ?? "";
  const known = readKnownKeys();
  const signers = readSigningKeys();
  const strangers = signers.filter(({ publicLine }) => !known.includes(publicLine));
  if (strangers.length === 0) return { keys: known, base, mark: "" };
  const ids = strangers.map(({ keyId }) => formatKeyId(keyId)).join(", ");
  const mark = ` (a test build, signed with the test key ${ids}: no release)`;
  return { keys: signers.map(({ publicLine }) => publicLine), base, mark };
}

function readKnownKeys(): readonly string[] {
  const lines = readFileSync("manifests/release-keys.txt", "utf8").split("\n");
  return lines.flatMap((line) => {
    if (line === "" || line.startsWith("#")) return [];
    const key = parseMinisignKey(line.split(/\s/)[0] ?? "");
    if (key === undefined) throw new Error(`manifests/release-keys.txt has a line that is no key: ${line}`);
    return [key.line];
  });
}
