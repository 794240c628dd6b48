import { opendirSync } from "node:fs";
import { absolutePath, type AbsolutePath } from "../absolute-path.ts";
import { locateInside } from "../locate-inside.ts";
import { places } from "../places.ts";
import { createRealFiles, isErrno } from "../real-files.ts";

/** Where people, packages and images put a Go for the whole host; `*` stands for the rest of one name. */
export const systemGoPlaces: readonly string[] = [
  "/usr/local/go*",
  "/opt/go*",
  "/opt/hostedtoolcache/go/*/*",
  "/usr/lib/go-*",
  "/snap/go/current",
  `${places.previous}/original`,
];

/** The same below a home: golang.org/dl's sdk, an archive unpacked by hand, and what version managers keep. */
export const homeGoPlaces: readonly string[] = [
  "go",
  ".go",
  ".local/go",
  ".local/opt/go*",
  "sdk/go*",
  ".asdf/installs/golang/*/go",
  ".g/versions/*",
  ".gimme/versions/*",
  ".goenv/versions/*",
  ".gvm/gos/*",
  ".local/share/mise/installs/go/*",
];

/** Below a GOMODCACHE: what the go command has fetched to run in its own place (go.dev/doc/toolchain). */
export const toolchainPlaces = "golang.org/toolchain@*";

/** Where a pattern leads. */
export interface GoPlaces {
  readonly paths: readonly AbsolutePath[];
  /** Names that were looked at. */
  readonly entries: number;
  /** The directory that has more names than may be looked at: of it and of what follows not all is among the paths. */
  readonly cutAt: AbsolutePath | null;
}

/**
 * The paths that `pattern` below `base` may mean, each of which may or may not be there. Only directories above a `*` are
 * read, in pieces. Paths are the host's, links are resolved inside `root`. Throws what node:fs throws.
 *
 * @param mostEntries names to look at
 */
export function listGoPlaces(
  root: string,
  {
    base,
    pattern,
    mostEntries,
  }: { readonly base: AbsolutePath; readonly pattern: string; readonly mostEntries: number },
): GoPlaces {
  let entries = 0;
  let cutAt: AbsolutePath | null = null;
  const expand = (above: AbsolutePath, [part, ...rest]: readonly string[]): readonly AbsolutePath[] => {
    if (part === undefined) return [above];
    if (!part.endsWith("*")) return expand(absolutePath(above, part), rest);
    const names: string[] = [];
    for (const name of readNames(locateInside(root, above, true).real)) {
      if (entries >= mostEntries) {
        cutAt ??= above;
        break;
      }
      entries += 1;
      if (name.startsWith(part.slice(0, -1))) names.push(name);
    }
    return names.toSorted().flatMap((name) => expand(absolutePath(above, name), rest));
  };
  const paths = expand(base, pattern.split("/").filter(Boolean));
  return { paths, entries, cutAt };
}

/** What is not there, and what the account may not look into, has no Go for it. */
function* readNames(real: string): Generator<string> {
  const directory = openOrNothing(real);
  if (directory === undefined) return;
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry.name;
  } finally {
    directory.closeSync();
  }
}

function openOrNothing(real: string): ReturnType<typeof opendirSync> | undefined {
  try {
    return opendirSync(real, { bufferSize: 256 });
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}

/** The Go tree at a path, by its own path when links lead to it; undefined where there is none. Throws what node:fs throws. */
export function findGoTree(root: string, path: AbsolutePath): AbsolutePath | undefined {
  const files = createRealFiles(root);
  try {
    const isTree = ["VERSION", "bin/go"].every((name) => files.stat(absolutePath(path, name))?.kind === "file");
    return isTree ? files.resolve(path) : undefined;
  } catch (error) {
    if (isErrno(error, "EACCES", "EPERM")) return undefined;
    throw error;
  }
}
