import { absolutePath, type AbsolutePath } from "./absolute-path.ts";
import { places } from "./places.ts";
import type { ReadFiles } from "./ports.ts";
import { isErrno } from "./real-files.ts";

/** Where people, packages and images put a Go for the whole host; `*` stands for the rest of one name. */
export const systemGoPlaces: readonly string[] = [
  "/usr/local/go*",
  "/opt/go*",
  "/opt/hostedtoolcache/go/*/*",
  "/usr/lib/go-*",
  "/snap/go/current",
  `${places.previous}/original`,
];

/**
 * The same below a home: golang.org/dl's sdk, an archive unpacked by hand, and what version managers keep. The go
 * command's own toolchains are not among them: it keeps them in a form of its own, and proves each when it fetches it.
 */
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

/** The Go trees at `patterns` below `base`: each once, by its own path, however many links lead to it. */
export function findGoTrees(
  files: ReadFiles,
  base: AbsolutePath,
  patterns: readonly string[],
): readonly AbsolutePath[] {
  const found = patterns
    .flatMap((pattern) => expand(files, base, pattern.split("/").filter(Boolean)))
    .filter((path) => isGoTree(files, path))
    .flatMap((path) => files.resolve(path) ?? []);
  return [...new Set(found)].toSorted();
}

function expand(files: ReadFiles, above: AbsolutePath, [part, ...rest]: readonly string[]): readonly AbsolutePath[] {
  if (part === undefined) return [above];
  if (!part.endsWith("*")) return expand(files, absolutePath(above, part), rest);
  return listOrNothing(files, above)
    .filter((name) => name.startsWith(part.slice(0, -1)))
    .flatMap((name) => expand(files, absolutePath(above, name), rest));
}

/** What the account may not look into has no Go for it. */
function listOrNothing(files: ReadFiles, path: AbsolutePath): readonly string[] {
  try {
    return files.list(path);
  } catch (error) {
    if (isErrno(error, "EACCES", "EPERM")) return [];
    throw error;
  }
}

function isGoTree(files: ReadFiles, path: AbsolutePath): boolean {
  try {
    return ["VERSION", "bin/go"].every((name) => files.stat(absolutePath(path, name))?.kind === "file");
  } catch (error) {
    if (isErrno(error, "EACCES", "EPERM")) return false;
    throw error;
  }
}
