import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pinnedFingerprint } from "../../../src/trust/signature/signing-key.ts";
import { checkout } from "../suite/lab-cache.ts";
import { makeLabKey } from "../releases/signing-key.ts";

/**
 * The directory of the bundle that throw-away hosts run: the built one with the lab's fingerprint in the place of the
 * pinned one, and no other difference. There is no option that would do that: what can be set can be attacked.
 */
export async function makeLabBundle(): Promise<string | undefined> {
  const built = join(checkout, "dist/readygo.mjs");
  if (!existsSync(built)) return undefined;
  const directory = join(checkout, "dist/lab");
  const altered = join(directory, "readygo.mjs");
  const { mtimeMs } = statSync(built);
  if ((statSync(altered, { throwIfNoEntry: false })?.mtimeMs ?? 0) > mtimeMs) return directory;
  mkdirSync(directory, { recursive: true });
  const text = replaceFingerprint(readFileSync(built, "utf8"), (await makeLabKey()).fingerprint);
  writeFileSync(`${altered}.${process.pid}`, text, { mode: 0o755 });
  renameSync(`${altered}.${process.pid}`, altered);
  return directory;
}

/** @throws Error where the bundle does not have the pinned one */
function replaceFingerprint(bundle: string, fingerprint: string): string {
  if (fingerprint.length !== pinnedFingerprint.length) throw new Error(`${fingerprint} is no fingerprint`);
  if (!bundle.includes(pinnedFingerprint)) throw new Error("the bundle has no pinned fingerprint");
  return bundle.replaceAll(pinnedFingerprint, fingerprint);
}
