import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached, checkout, say, withLock } from "../suite/lab-cache.ts";
import { makeAptKey } from "../../../scripts/release/deb/apt-key.ts";
import { makeSecretKey } from "../../../scripts/release/signing-key.ts";
import { releaseBase } from "../servers/release-server.ts";

const run = promisify(execFile);

/** Nobody's. */
export const releaseRepository = "https://sources.lab.test/readygo.git";

/** As SOURCE_DATE_EPOCH: with each commit's own time, a commit that changes no source would still be another release. */
export const releaseEpoch = "1767225600";

/**
 * What a release is made with. The keys are made in the lab once, and are nobody's else: by them a build is known for a test
 * build.
 */
export async function releaseEnvironment(): Promise<{
  readonly SOURCE_DATE_EPOCH: string;
  readonly READYGO_RELEASE_KEY: string;
  readonly READYGO_APT_KEY: string;
  readonly READYGO_RELEASE_BASE: string;
}> {
  return {
    SOURCE_DATE_EPOCH: releaseEpoch,
    READYGO_RELEASE_KEY: join(await releaseKeys(), "minisign.key"),
    READYGO_APT_KEY: join(await releaseKeys(), "apt.key"),
    READYGO_RELEASE_BASE: releaseBase,
  };
}

/** A directory with `minisign.key` and `apt.key`, and the keys of a stranger, `other.key` and `other-apt.key`. */
export async function releaseKeys(): Promise<string> {
  return await cached("release-keys-2", async (into) => {
    for (const name of ["minisign.key", "other.key"]) writeFileSync(join(into, name), makeSecretKey(), { mode: 0o600 });
    for (const name of ["apt.key", "other-apt.key"])
      writeFileSync(join(into, name), await makeAptKey(), { mode: 0o600 });
  });
}

const inputs = ["src", "manifests", "scripts/build", "scripts/release", "scripts/release.ts", "scripts/bootstrap.sh"];
const locks = ["package.json", "package-lock.json"];

/** The sources as a release of one architecture, gzip only; made again when they have changed. Never write to it. */
export async function releaseFiles(architecture: "amd64" | "arm64" = "amd64"): Promise<string> {
  // Two tests that begin at once make it one after the other: the second one finds it made.
  mkdirSync(join(checkout, "dist"), { recursive: true });
  return await withLock(join(checkout, `dist/release-for-tests-${architecture}.lock`), () => make(architecture));
}

async function make(architecture: "amd64" | "arm64"): Promise<string> {
  const directory = join(checkout, "dist", `release-for-tests-${architecture}`);
  const sums = join(directory, "SHA256SUMS");
  const sources = [...[...inputs, ...locks].map((name) => join(checkout, name)), await releaseKeys()];
  const executable = join(checkout, "dist", `readygo-linux-${architecture}`);
  if (existsSync(sums) && existsSync(executable) && newest(sources) <= statSync(sums).mtimeMs) return directory;
  say(`making a release for ${architecture}`);
  const options = [
    "--quick",
    "--repository",
    releaseRepository,
    "--arch",
    architecture,
    "--base",
    releaseBase,
    "--into",
    directory,
  ];
  await run(join(checkout, "node_modules/.bin/node"), ["scripts/release.ts", ...options], {
    cwd: checkout,
    env: { ...process.env, ...(await releaseEnvironment()) },
  });
  return directory;
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(path);
      return stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : stat.mtimeMs;
    }),
  );
}
