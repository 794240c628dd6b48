import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  chmodSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { computeReleaseMode } from "../../../src/fetch/unpack/release-mode.ts";
import { moduleFileName } from "../../../src/release/module-hash.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { buildZip } from "../../unit/fetch/unpack/build-zip.ts";
import { makeSmallRelease } from "../releases/releases.ts";
import type { HostRequest } from "./property-start.ts";

/** Two small releases, each as tar.gz in a directory, as that file, and as the module's zip. */
export interface Shelf {
  readonly releases: Readonly<Record<HostRequest["version"], ShelfRelease>>;
  remove(): void;
}

type Archive = { readonly archive: string; readonly sha256: string };

interface ShelfRelease extends Readonly<Record<HostRequest["source"], Archive>> {
  /** Path below the tree, and SHA-256, of every file; by source, since the module leaves some out. */
  filesOf(source: HostRequest["source"]): ReadonlyMap<string, string>;
  /** As `tar -x` would, without readygo. */
  unpackInto(directory: string): void;
}

export async function stockShelf(): Promise<Shelf> {
  const directory = mkdtempSync(join(tmpdir(), "readygo-shelf-"));
  return {
    releases: { "1.30.1": await stock("1.30.1", directory), "1.30.2": await stock("1.30.2", directory) },
    remove: () => rmSync(directory, { recursive: true }),
  };
}

async function stock(version: HostRequest["version"], directory: string): Promise<ShelfRelease> {
  const { path, sha256 } = await makeSmallRelease(version);
  const tree = join(dirname(path), "tree");
  const names = listFiles(tree);
  const inModule = names.flatMap((name) => {
    const moduleName = moduleFileName(`go${version}` as GoVersion, "amd64", name);
    return moduleName === undefined ? [] : [{ name, moduleName }];
  });
  const bytes = buildZip(
    inModule.map(({ name, moduleName }) => ({ name: moduleName, content: readFileSync(join(tree, name)) })),
  );
  const zip = join(directory, `v0.0.1-go${version}.linux-amd64.zip`);
  writeFileSync(zip, bytes);
  const hashAll = (chosen: readonly string[]): ReadonlyMap<string, string> =>
    new Map(chosen.map((name) => [name, hash(readFileSync(join(tree, name)))]));
  const whole = hashAll(names);
  const module = hashAll(inModule.map(({ name }) => name));
  return {
    directory: { archive: dirname(path), sha256 },
    file: { archive: path, sha256 },
    zip: { archive: zip, sha256: hash(bytes) },
    filesOf: (source) => (source === "zip" ? module : whole),
    unpackInto(target) {
      cpSync(tree, target, { recursive: true });
      for (const name of names) chmodSync(join(target, name), computeReleaseMode(name));
    },
  };
}

function listFiles(tree: string): readonly string[] {
  mkdirSync(tree, { recursive: true });
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .map((entry) => relative(tree, join(entry.parentPath, entry.name)))
    .filter((name) => statSync(join(tree, name)).isFile());
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
