import { posix } from "node:path";
import { parseSha256, type Sha256 } from "./sha256.ts";

/** One plain file of a Go tree. `path` is relative to the tree's root; `mode` holds permission bits only. */
export interface TreeFile {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly sha256: Sha256;
}

/** Every file and directory of a Go tree as its release has them. Both lists are sorted by the bytes of the path. */
export interface TreeManifest {
  readonly files: readonly TreeFile[];
  /** Relative paths, the root itself not among them. Each is 0755. */
  readonly directories: readonly string[];
}

/** What is on the disk. `sha256` is undefined where the scan was asked not to read contents. */
export interface TreeScan {
  readonly files: readonly (Omit<TreeFile, "sha256"> & { readonly sha256: Sha256 | undefined })[];
  readonly directories: readonly string[];
  /** What no release has: not root's, neither file nor directory, a directory that is not 0755. "." is the root. */
  readonly oddities: readonly TreeChange[];
}

export interface TreeChange {
  readonly path: string;
  readonly what: "content" | "mode" | "size" | "owner" | "kind";
}

/** How a tree differs from its manifest; each list sorted by path. All three are empty for a whole tree. */
export interface TreeDifference {
  readonly missing: readonly string[];
  readonly added: readonly string[];
  readonly changed: readonly TreeChange[];
}

const header = "readygo tree.manifest 1";
const directoryMode = "0755";

/** Sorts as `LC_ALL=C sort` does: by UTF-8 bytes, which UTF-16 order is not where a path holds surrogates. */
export function sortByPathBytes<Item>(items: Item[], pathOf: (item: Item) => string): Item[] {
  const hasSurrogates = items.some((item) => /[\ud800-\udfff]/.test(pathOf(item)));
  return items.sort((left, right) => {
    const one = pathOf(left);
    const other = pathOf(right);
    if (one === other) return 0;
    if (hasSurrogates) return Buffer.compare(Buffer.from(one), Buffer.from(other));
    return one < other ? -1 : 1;
  });
}

/**
 * `readygo tree.manifest 1`, then a line for each directory (`directory 0755 - PATH`) and each file
 * (`SHA256 MODE SIZE PATH`). A path is the rest of its line; no release has a newline in one.
 */
export function formatTreeManifest(manifest: TreeManifest): string {
  const lines = [header];
  for (const path of manifest.directories) lines.push(`directory ${directoryMode} - ${path}`);
  for (const file of manifest.files) {
    lines.push(`${file.sha256} ${file.mode.toString(8).padStart(4, "0")} ${file.size} ${file.path}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Reads what {@link formatTreeManifest} wrote; `undefined` for anything else, a cut-off text included. */
export function parseTreeManifest(text: string): TreeManifest | undefined {
  const lines = text.split("\n");
  if (lines.shift() !== header || lines.pop() !== "") return undefined;
  const files: TreeFile[] = [];
  const directories: string[] = [];
  for (const line of lines) {
    const match = /^(\S+) (0[0-7]{3}) (\d+|-) (.+)$/.exec(line);
    const [, digest = "", mode = "", size = "", path = ""] = match ?? [];
    if (digest === "directory" && mode === directoryMode && size === "-") {
      directories.push(path);
      continue;
    }
    const sha256 = parseSha256(digest);
    if (sha256 === undefined || size === "-") return undefined;
    files.push({ path, mode: Number.parseInt(mode, 8), size: Number(size), sha256 });
  }
  return { files, directories };
}

/** Whether there is nothing to tell: both lists are in one order, so that a whole tree, the usual one, needs no map of 15,000. */
function isWhole(manifest: TreeManifest, { files, directories, oddities }: TreeScan): boolean {
  return (
    oddities.length === 0 &&
    files.length === manifest.files.length &&
    directories.length === manifest.directories.length &&
    directories.every((path, at) => path === manifest.directories[at]) &&
    files.every(({ path, mode, size, sha256 }, at) => {
      const want = manifest.files[at];
      const isSame = want?.path === path && want.mode === mode && want.size === size;
      return isSame && (sha256 === undefined || sha256 === want.sha256);
    })
  );
}

/** Holds a tree on the disk against its manifest, both ways. Contents count only where the scan has read them. */
export function compareTree(manifest: TreeManifest, scan: TreeScan): TreeDifference {
  if (isWhole(manifest, scan)) return { missing: [], added: [], changed: [] };
  const wanted = new Map(manifest.files.map((file) => [file.path, file]));
  const wantedDirectories = new Set(manifest.directories);
  const odd = new Set(scan.oddities.filter(({ what }) => what === "kind").map(({ path }) => path));
  const found = new Set([...scan.files.map(({ path }) => path), ...scan.directories]);
  const isThere = (path: string): boolean => found.has(path) || odd.has(path);

  const missing = [...manifest.directories, ...wanted.keys()].filter((path) => !isThere(path));
  const added = scan.directories.filter((path) => !wantedDirectories.has(path) && !wanted.has(path));
  const changed: TreeChange[] = [];
  for (const oddity of scan.oddities) {
    const isKnown = oddity.path === "." || wanted.has(oddity.path) || wantedDirectories.has(oddity.path);
    if (isKnown) changed.push(oddity);
    else if (oddity.what === "kind") added.push(oddity.path);
  }
  for (const path of scan.directories) if (wanted.has(path)) changed.push({ path, what: "kind" });
  for (const file of scan.files) {
    const want = wanted.get(file.path);
    if (want === undefined) {
      if (wantedDirectories.has(file.path)) changed.push({ path: file.path, what: "kind" });
      else added.push(file.path);
      continue;
    }
    if (file.mode !== want.mode) changed.push({ path: file.path, what: "mode" });
    if (file.size !== want.size) changed.push({ path: file.path, what: "size" });
    else if (file.sha256 !== undefined && file.sha256 !== want.sha256) {
      changed.push({ path: file.path, what: "content" });
    }
  }
  const itself = (path: string): string => path;
  return {
    missing: sortByPathBytes(missing, itself),
    added: sortByPathBytes(added, itself),
    changed: sortByPathBytes(changed, ({ path }) => path),
  };
}

/** Without what lies below another one. */
export function keepOutermost(paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  const hasAbove = (path: string): boolean => {
    const above = posix.dirname(path);
    return above !== "." && (all.has(above) || hasAbove(above));
  };
  return paths.filter((path) => !hasAbove(path));
}
