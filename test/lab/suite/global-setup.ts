import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "../servers/certificates.ts";
import { checkout, labCache, say } from "./lab-cache.ts";
import { makeSmallRelease, officialRelease, officialVersions } from "../releases/releases.ts";

/** Runs before the tests of the `hosts` project: the bundle is the sources', and what every host test needs is there. */
export async function setup(): Promise<void> {
  needRoot();
  buildBundle();
  const startedAt = performance.now();
  await makeCertificates();
  // All are waited for, the failed ones too: a builder left running would outlive the tests.
  const builds = await Promise.allSettled([
    makeSmallRelease("1.30.1"),
    officialRelease(officialVersions.older),
    officialRelease(officialVersions.newer),
  ]);
  for (const build of builds) if (build.status === "rejected") throw build.reason;
  say(`${labCache} is ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

const capSysAdmin = 21n;

function needRoot(): void {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  if (process.getuid?.() !== 0 || ((BigInt(`0x${capabilities}`) >> capSysAdmin) & 1n) === 0n) {
    throw new Error("throw-away hosts are made of namespaces and mounts: run this as root with CAP_SYS_ADMIN");
  }
}

function buildBundle(): void {
  const bundle = statSync(join(checkout, "dist/readygo.mjs"), { throwIfNoEntry: false });
  const inputs = ["src", "manifests", "scripts/build.ts", "scripts/build", "package.json", "package-lock.json"];
  if (bundle !== undefined && newest(inputs.map((name) => join(checkout, name))) <= bundle.mtimeMs) return;
  say("building dist/readygo.mjs");
  execFileSync("npm", ["run", "--silent", "build"], { cwd: checkout, stdio: ["ignore", "ignore", "inherit"] });
}

function newest(paths: readonly string[]): number {
  let latest = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const inside = stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : 0;
    latest = Math.max(latest, stat.mtimeMs, inside);
  }
  return latest;
}
