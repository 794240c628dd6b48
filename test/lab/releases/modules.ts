import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../suite/lab-cache.ts";
import { runGo } from "./machine-go.ts";

/** What the module proxy is a replica for, besides toolchains: layer 3's module and what it needs. */
export const smallModules = [
  "rsc.io/quote@v1.5.2",
  "rsc.io/sampler@v1.3.0",
  "golang.org/x/text@v0.0.0-20170915032832-14c0d48ead0c",
] as const;

export interface LabModule {
  /** `path@version`. */
  readonly name: string;
  /** A directory in GOPROXY layout, checksum database included, that serves this one module. */
  readonly directory: string;
}

/**
 * A module through this machine's own `go mod download`, with the checksum database's lookup and tiles as a client
 * without state needs them: each module has a cache of its own, so that nothing known before spares a request.
 */
export async function fetchModule(name: string): Promise<LabModule> {
  const entry = await cached(`modules/${name}`, async (into) => {
    const work = join(into, "work");
    await runGo(["mod", "download", name], { env: { GOMODCACHE: work, GOPATH: join(into, "gopath") } });
    renameSync(join(work, "cache/download"), join(into, "download"));
    rmSync(work, { recursive: true });
    rmSync(join(into, "gopath"), { recursive: true, force: true });
  });
  return { name, directory: join(entry, "download") };
}

export function toolchainModule(version: string, arch: "amd64" | "arm64"): string {
  return `golang.org/toolchain@v0.0.1-go${version}.linux-${arch}`;
}

/** The zip of a module that was fetched. */
export function zipOf(module: LabModule): string {
  const [path = "", version = ""] = module.name.split("@");
  return join(module.directory, path, "@v", `${version}.zip`);
}

/** What the checksum database says of a module: the record's number and the size of the tree that it was signed with. */
export function readLookup(module: LabModule): { readonly record: number; readonly treeSize: number } | undefined {
  const file = join(module.directory, "sumdb/sum.golang.org/lookup", module.name);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const size = /^go\.sum database tree\n(\d+)\n/m.exec(text);
  return { record: Number(text.split("\n", 1)[0]), treeSize: Number(size?.[1]) };
}

/**
 * The size of the tree whose head came with the record of a release. A mirror keeps a lookup as it was when somebody first
 * asked it, so this is another number from one machine to the next.
 */
export async function loggedTreeSize(version: string, arch: "amd64" | "arm64" = "amd64"): Promise<number> {
  const lookup = readLookup(await fetchModule(toolchainModule(version, arch)));
  if (lookup === undefined) throw new Error(`the module proxy has no record of ${version} for ${arch}`);
  return lookup.treeSize;
}
