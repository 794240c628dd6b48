import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256OfFile } from "./sha256-of-file.ts";
import { listFiles } from "./write-sums.ts";

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string } | undefined>>;
}

/**
 * From what and how the files of `directory` were made, as an in-toto statement with SLSA's predicate. No time and no machine is
 * in it: the same commit gives the same statement. It is signed with the sums, which hold its own.
 */
export async function writeProvenance(
  directory: string,
  name: string,
  { version, parameters }: { readonly version: string; readonly parameters: Readonly<Record<string, unknown>> },
): Promise<void> {
  const subject = [];
  for (const file of listFiles(directory)) {
    subject.push({ name: file, digest: { sha256: await sha256OfFile(join(directory, file)) } });
  }
  const lock = readFileSync("package-lock.json");
  const packages = Object.entries((JSON.parse(lock.toString("utf8")) as LockFile).packages).flatMap(([path, entry]) => {
    const [, digest = ""] = /^sha512-(.+)$/.exec(entry?.integrity ?? "") ?? [];
    const uri = `pkg:npm/${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length).replace("@", "%40")}@${entry?.version}`;
    return digest === "" ? [] : [{ uri, digest: { sha512: Buffer.from(digest, "base64").toString("hex") } }];
  });
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject,
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://readygo.invalid/release/v1",
        externalParameters: { command: "npm run release", version, ...parameters },
        resolvedDependencies: [
          ...describeCommit(),
          { name: "package-lock.json", digest: { sha256: createHash("sha256").update(lock).digest("hex") } },
          ...packages,
        ],
      },
      runDetails: { builder: { id: "https://readygo.invalid/scripts/release.ts" } },
    },
  };
  writeFileSync(join(directory, name), `${JSON.stringify(statement, null, 2)}\n`);
}

/** Nothing where the sources are no repository's. */
function describeCommit(): readonly unknown[] {
  try {
    const git = (...words: readonly string[]): string =>
      execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const gitCommit = git("rev-parse", "HEAD");
    const isClean = git("status", "--porcelain", "--untracked-files=no") === "";
    return [{ name: "sources", digest: { gitCommit }, annotations: { isClean } }];
  } catch {
    return [];
  }
}
