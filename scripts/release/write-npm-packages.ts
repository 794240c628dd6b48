import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { ReleaseArchitecture } from "./release-architecture.ts";

const run = promisify(execFile);

interface NpmRelease {
  readonly into: string;
  /** A directory with readygo.mjs and the licences of what is inside. */
  readonly bundle: string;
  /** Where the sources are. */
  readonly repository: string;
  /** Those that get a package with the single file; none: only the one that needs a Node. */
  readonly architectures: readonly ReleaseArchitecture[];
}

/**
 * `readygo-VERSION.tgz` for hosts that have the Node that it needs, and a package with the single file for each architecture. None
 * depends on another: a name that nobody has published yet could be anybody's.
 */
export async function writeNpmPackages({ into, bundle, repository, architectures }: NpmRelease): Promise<void> {
  const { name, version, description, license, author, type, engines, bin } = JSON.parse(
    readFileSync("package.json", "utf8"),
  ) as Record<string, unknown>;
  const common = { version, description, license, author, repository: { type: "git", url: repository } };
  const documents = { "README.md": "README.md", LICENSE: "LICENSE" };
  // All that it needs is inside its one file: npm would fetch what package.json names besides.
  await pack(
    into,
    { name, ...common, type, bin, engines, os: ["linux"], files: ["dist"] },
    {
      ...documents,
      "dist/readygo.mjs": join(bundle, "readygo.mjs"),
      "dist/THIRD-PARTY.txt": join(bundle, "THIRD-PARTY.txt"),
    },
  );
  for (const architecture of architectures) {
    const cpu = architecture === "amd64" ? "x64" : "arm64";
    const platform = {
      os: ["linux"],
      cpu: [cpu],
      libc: ["glibc"],
      bin: { readygo: "bin/readygo" },
      files: ["bin", "THIRD-PARTY.txt"],
    };
    await pack(
      into,
      { name: `${String(name)}-linux-${cpu}`, ...common, ...platform },
      {
        ...documents,
        "bin/readygo": `dist/readygo-linux-${architecture}`,
        "THIRD-PARTY.txt": join(into, "THIRD-PARTY.txt"),
      },
    );
  }
}

/** npm's own packer: the same files give the same bytes. */
async function pack(into: string, manifest: object, files: Readonly<Record<string, string>>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "readygo-npm-"));
  try {
    writeFileSync(join(directory, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const [name, from] of Object.entries(files)) {
      const to = join(directory, name);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
      chmodSync(to, /readygo(?:\.mjs)?$/.test(name) ? 0o755 : 0o644);
    }
    await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", resolve(into)], { cwd: directory });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
