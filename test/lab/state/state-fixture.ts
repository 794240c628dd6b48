import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs"; // prettier-ignore
import { dirname, join } from "node:path";
import { openStateImage, type StateImage } from "./state-image.ts";
import { readTreeInodes, refreshInodes, rewriteState } from "./state-inodes.ts";
import { listStateRelease, writeStateTree } from "./state-release.ts";

/**
 * A host that some readygo has written, as files of this repository:
 * `CASE/state/` is /var/lib/readygo as it was, to the byte, `CASE/host.json` what lies around it, `CASE/start.json` the
 * host before readygo's first run, and `CASE/case.json` the release that stands there.
 */
export interface StateFixture {
  /** As `go1.30.2`. */
  readonly version: string;
  /** The release that `rollback` leads to. */
  readonly previous: string | null;
  /** Whether a run was cut off. */
  readonly isCut: boolean;
}

/** What lies at a path; a text is decoded as latin1. */
type HostEntry = { readonly path: string; readonly mode: number; readonly uid: number; readonly gid: number } & (
  | { readonly kind: "directory" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "file"; readonly text: string }
  /** The bytes are in `state/`. */
  | { readonly kind: "state" }
  /** The room that a run reserves; what is in it means nothing. */
  | { readonly kind: "room"; readonly size: number }
  /** A whole tree of {@link listStateRelease}. */
  | { readonly kind: "release"; readonly version: string }
);

interface HostListing {
  readonly entries: readonly HostEntry[];
  /** Of what stands at /usr/local/go or is kept or staged: a receipt and a journal name trees by them. */
  readonly trees: readonly { readonly path: string; readonly inode: string; readonly mtimeNs: string }[];
}

const state = "/var/lib/readygo";

/** `room`: the directory of this machine that the runs have worked in; no file of the fixture names it. */
export function writeStateFixture(
  directory: string,
  { start, host, fixture, room }: { readonly start: HostListing; readonly host: StateImage; readonly fixture: StateFixture; readonly room: string }, // prettier-ignore
): void {
  rewriteState(host.path, (text) => text.replaceAll(room, "/media/usb"));
  mkdirSync(directory, { recursive: true });
  const listing = listHost(host);
  for (const entry of listing.entries) {
    if (entry.kind !== "state") continue;
    const target = join(directory, "state", entry.path.slice(state.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(host.path(entry.path)));
  }
  const write = (name: string, data: unknown): void => {
    const text = `${JSON.stringify(data, null, 1)}\n`.replaceAll(room, "/media/usb");
    // Of the machine that it was recorded on.
    writeFileSync(
      join(directory, name),
      text.replaceAll(/(bootId[\\": ]+)[0-9a-f-]{36}/g, "$100000000-0000-0000-0000-000000000000"),
    );
  };
  write("start.json", start);
  write("host.json", listing);
  write("case.json", fixture);
}

export function readStateFixture(directory: string): StateFixture {
  return JSON.parse(readFileSync(join(directory, "case.json"), "utf8")) as StateFixture;
}

/** Makes the host of a fixture in a new directory; its receipt and journal name the trees that were made there. */
export function rebuildHost(fixture: string, directory: string): StateImage {
  const { entries, trees } = readListing(fixture, "host.json");
  const image = openStateImage(directory);
  for (const entry of entries) makeEntry(image, entry, fixture);
  for (const { path, mtimeNs } of trees) setTime(image.path(path), mtimeNs);
  refreshInodes(new Map(trees.map(({ path, inode }) => [path, inode])), image.path);
  return image;
}

/** What lay there before readygo's first run, as {@link describeHost} gives it. */
export function readStart(fixture: string): readonly string[] {
  return readListing(fixture, "start.json").entries.map((entry) => JSON.stringify(entry));
}

/** Each path with its kind, mode, owner and bytes; nothing of times. */
export function describeHost(image: StateImage): readonly string[] {
  return listHost(image).entries.map((entry) => JSON.stringify(entry));
}

function readListing(fixture: string, name: string): HostListing {
  return JSON.parse(readFileSync(join(fixture, name), "utf8")) as HostListing;
}

export function listHost(image: StateImage): HostListing {
  const entries: HostEntry[] = [];
  const visit = (path: string): void => {
    const entry = describeEntry(image, path);
    entries.push(entry);
    if (entry.kind !== "directory") return;
    for (const name of readdirSync(image.path(path)).toSorted()) visit(join(path, name));
  };
  visit("/");
  const trees = [...readTreeInodes(image.path)].map(([path, inode]) => ({
    path,
    inode,
    mtimeNs: String(lstatSync(image.path(path), { bigint: true }).mtimeNs),
  }));
  return { entries, trees };
}

function describeEntry({ path: locate }: StateImage, path: string): HostEntry {
  const real = locate(path);
  const stat = lstatSync(real);
  const common = { path, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
  if (stat.isSymbolicLink()) return { ...common, kind: "link", target: readlinkSync(real) };
  if (stat.isDirectory()) {
    const version = findRelease(real);
    return version === undefined ? { ...common, kind: "directory" } : { ...common, kind: "release", version };
  }
  if (!stat.isFile()) throw new Error(`${path} is neither file, directory nor link`);
  if (path.startsWith(`${state}/`)) return { ...common, kind: "state" };
  if (/\/staging\/[^/]*\/room$/.test(path)) return { ...common, kind: "room", size: stat.size };
  return { ...common, kind: "file", text: readFileSync(real, "latin1") };
}

/** The release whose files lie there, all of them and no other. */
function findRelease(real: string): string | undefined {
  const file = join(real, "VERSION");
  const version = existsSync(file) ? /^go(1\.30\.\d+)$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  if (version === undefined) return undefined;
  const files = listStateRelease(version);
  const found = readdirSync(real, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const isWhole = [...files].every(([name, content]) => existsSync(join(real, name)) && readFileSync(join(real, name)).equals(content)); // prettier-ignore
  return isWhole && found.length === files.size ? version : undefined;
}

function makeEntry({ path: locate }: StateImage, entry: HostEntry, fixture: string): void {
  const real = locate(entry.path);
  switch (entry.kind) {
    case "directory":
      mkdirSync(real, { recursive: true });
      break;
    case "release":
      writeStateTree(entry.version, real);
      break;
    case "link":
      symlinkSync(entry.target, real);
      break;
    case "file":
      writeFileSync(real, entry.text, "latin1");
      break;
    case "room":
      writeFileSync(real, Buffer.alloc(entry.size));
      break;
    case "state":
      writeFileSync(real, readFileSync(join(fixture, "state", entry.path.slice(state.length))));
      break;
  }
  lchownSync(real, entry.uid, entry.gid);
  if (entry.kind !== "link") chmodSync(real, entry.mode);
}

/** utimes(2) of node has no nanoseconds. */
function setTime(real: string, mtimeNs: string): void {
  const date = `@${mtimeNs.slice(0, -9)}.${mtimeNs.slice(-9)}`;
  const { status, stderr } = spawnSync("touch", ["--no-dereference", "--date", date, real], { encoding: "utf8" });
  if (status !== 0) throw new Error(`touch: ${stderr}`);
}
