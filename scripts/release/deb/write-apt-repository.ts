import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { PrivateKey } from "openpgp";
import { signRelease } from "./apt-key.ts";

const run = promisify(execFile);

/**
 * Makes the directory of the packages an apt repository (its flat form: apt is given the directory, and `./`). Without a key it is
 * one that apt refuses.
 */
export async function writeAptRepository(directory: string, time: string, key: PrivateKey | undefined): Promise<void> {
  const ftparchive = async (...words: readonly string[]): Promise<string> =>
    (await run("apt-ftparchive", words, { cwd: directory, maxBuffer: 16 << 20 })).stdout;
  const packages = await ftparchive("packages", ".");
  writeFileSync(join(directory, "Packages"), packages);
  writeFileSync(join(directory, "Packages.gz"), gzipSync(packages, { level: 9 }));
  const names = {
    Origin: "readygo",
    Label: "readygo",
    Suite: "stable",
    Codename: "stable",
    Architectures: "amd64 arm64",
  };
  const options = Object.entries(names).flatMap(([name, value]) => [
    "-o",
    `APT::FTPArchive::Release::${name}=${value}`,
  ]);
  const made = await ftparchive(...options, "release", ".");
  // It writes the time of its run.
  const release = made.replace(/^Date: .*$/m, `Date: ${new Date(time).toUTCString().replace("GMT", "+0000")}`);
  writeFileSync(join(directory, "Release"), release);
  if (key === undefined) return;
  const { inline, detached } = await signRelease(release, key, new Date(time));
  writeFileSync(join(directory, "InRelease"), inline);
  writeFileSync(join(directory, "Release.gpg"), detached);
}

/** What a host is given to know the repository: its address and its key in one file (deb822, apt 2.4 and later). */
export function formatAptSource(base: string, archiveKey: string): string {
  const lines = archiveKey.trimEnd().split(/\r?\n/);
  return `# readygo's packages. The key that signs them is below; docs/release.md says how this file itself is checked.
Types: deb
URIs: ${base.replace(/\/+$/, "")}/apt
Suites: ./
Signed-By:
${lines.map((line) => ` ${line === "" ? "." : line}`).join("\n")}
`;
}
