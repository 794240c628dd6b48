import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { cached, labCache } from "../suite/lab-cache.ts";
import { findOfficialTree, goProgram } from "./machine-go.ts";
import { fetchModule, toolchainModule, zipOf } from "./modules.ts";
import { smallTree } from "./small-tree.ts";

const run = promisify(execFile);

export type LabArchitecture = "amd64" | "arm64";

/** An archive in the publisher's layout that lies in the lab's cache; never write to it. */
export interface LabArchive {
  /** With its prefix: `go1.26.8`. */
  readonly version: string;
  readonly arch: LabArchitecture;
  readonly filename: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Whether these are the very bytes that the Go project published; else a real tree packed by the same rules. */
  readonly isPublished: boolean;
}

/** The archives that the lab can rebuild bit for bit. */
export const publishedSha256: Readonly<Record<string, string>> = {
  "go1.26.8.linux-amd64.tar.gz": "d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b",
  "go1.26.8.linux-arm64.tar.gz": "211ffced9dcb9633a55eac6364816ec0ddd951389a740e88fa8b3337971bdda0",
};

/** Real releases, by their numbers: the one that this machine's Go lets the lab rebuild whole, and the newest one. */
export const officialVersions = { older: "1.26.8", newer: "1.27.4" } as const;

/**
 * A real release. The tree comes from its toolchain module; where this machine has the official tree of the same
 * release, the four folders that the module lacks are added, and the archive is the published one. Where it has none, the
 * publisher is asked for the archive.
 */
export async function officialRelease(version: string, arch: LabArchitecture = "amd64"): Promise<LabArchive> {
  const filename = `go${version}.linux-${arch}.tar.gz`;
  const tree = findOfficialTree(version);
  const whole = `archives/${filename}-whole`;
  // Once packed it stays, also where the tree has left this machine since.
  const isWhole = tree !== undefined || existsSync(join(labCache, whole));
  const fetched = isWhole ? undefined : await fetchPublished(filename);
  if (fetched !== undefined) return describe(version, arch, join(fetched, filename));
  const directory = await cached(isWhole ? whole : `archives/${filename}-module`, async (into) => {
    const zip = zipOf(await fetchModule(toolchainModule(version, arch)));
    const extra = tree === undefined ? [] : ["-tree", tree, "-only", "api,doc,misc,test"];
    await run(await goProgram("pack"), ["-o", join(into, filename), "-zip", zip, ...extra]);
    await stateHash(join(into, filename));
  });
  return describe(version, arch, join(directory, filename));
}

/** The publisher did not answer: nothing is known of the archive. */
class Unfetched extends Error {
  override readonly name = "Unfetched";
}

/**
 * Of those whose hash is known here; undefined where the publisher cannot be reached, as on the machines of readygo's CI.
 *
 * @throws Error where what came has another hash
 */
async function fetchPublished(filename: string): Promise<string | undefined> {
  const wanted = publishedSha256[filename];
  if (wanted === undefined) return undefined;
  try {
    return await cached(`archives/${filename}-published`, async (into) => {
      const path = join(into, filename);
      const url = `https://go.dev/dl/${filename}`;
      await run("curl", ["-fsSL", "--connect-timeout", "3", "--max-time", "600", "--output", path, url]).catch(
        (cause: unknown) => {
          throw new Unfetched(url, { cause });
        },
      );
      await stateHash(path);
      if (readFileSync(`${path}.sha256`, "utf8") !== wanted) throw new Error(`${url} is not what was published`);
    });
  } catch (error) {
    if (error instanceof Unfetched) return undefined;
    throw error;
  }
}

export interface SmallReleaseOptions {
  readonly arch?: LabArchitecture;
  /** Files to put in the tree, by name below go/, or to leave out (`null`); executables are those in bin/ and pkg/tool/. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
  /** Entries written to the archive just as they are, after the tree. */
  readonly rawEntries?: readonly RawEntry[];
}

export interface RawEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink" | "link" | "fifo" | "device";
  readonly content?: string;
  readonly target?: string;
  readonly mode?: number;
}

/**
 * A small release that nobody published (say `1.30.1`): about sixty files, and a real executable bin/go that answers
 * what an installer asks; for arm64 one that does nothing, since nothing here could start it. Less than 1 MB packed, so
 * that a test can install hundreds.
 */
export async function makeSmallRelease(version: string, options: SmallReleaseOptions = {}): Promise<LabArchive> {
  const arch = options.arch ?? "amd64";
  const filename = `go${version}.linux-${arch}.tar.gz`;
  const files = smallTree(version, arch, arch === "amd64" ? readFileSync(await goProgram("small-go")) : undefined);
  for (const [name, content] of Object.entries(options.files ?? {})) {
    if (content === null) files.delete(name);
    else files.set(name, Buffer.from(content));
  }
  const raw = JSON.stringify(
    (options.rawEntries ?? []).map(({ name, type, content, target, mode }) => ({
      Name: name,
      Type: type,
      Content: content,
      Target: target,
      Mode: mode ?? 0o644,
    })),
  );
  const hash = createHash("sha256").update(JSON.stringify([version, arch, raw]));
  for (const [name, content] of files) hash.update(`${name}\0${content.length}\0`).update(content);
  const directory = await cached(`small/${hash.digest("hex").slice(0, 16)}`, async (into) => {
    const tree = join(into, "tree");
    for (const [name, content] of files) {
      mkdirSync(dirname(join(tree, name)), { recursive: true });
      writeFileSync(join(tree, name), content);
    }
    writeFileSync(join(into, "raw.json"), raw);
    const pack = await goProgram("pack");
    await run(pack, ["-o", join(into, filename), "-tree", tree, "-raw", join(into, "raw.json")]);
    await stateHash(join(into, filename));
  });
  return describe(version, arch, join(directory, filename));
}

/** Hashing 67 MB on each run of the tests would cost more than the rest of a warm start. */
async function stateHash(path: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  writeFileSync(`${path}.sha256`, hash.digest("hex"));
}

function describe(version: string, arch: LabArchitecture, path: string): LabArchive {
  const filename = `go${version}.linux-${arch}.tar.gz`;
  const sha256 = readFileSync(`${path}.sha256`, "utf8");
  return {
    version: `go${version}`,
    arch,
    filename,
    path,
    size: statSync(path).size,
    sha256,
    isPublished: publishedSha256[filename] === sha256,
  };
}

/** VERSION and hash of a release, for a readygo as it is shipped: it takes nothing on the word of the lab's signing key. */
export function pinRelease({ version, sha256 }: LabArchive): readonly string[] {
  return [version.replace(/^go/, ""), "--sha256", sha256];
}
