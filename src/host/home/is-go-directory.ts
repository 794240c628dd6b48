import { isDirectoryAt, isErrno } from "../real-files.ts";
import { opendirSync, statSync } from "node:fs";
import { absolutePath, type AbsolutePath } from "../absolute-path.ts";
import { locateInside } from "../locate-inside.ts";

const goCommands = /^(?:go|gofmt|godoc|go\d[\w.]*)$/;

/** Far more than a Go has, far fewer than a directory of everybody's programs. */
const mostCommands = 32;

/**
 * Whether a directory holds a Go's commands and can be taken off PATH without losing others: it is bin/ of a Go tree,
 * or has `go` and nothing but Go's commands. Shims of version managers that serve other languages too are not.
 */
export function isGoDirectory(root: string, path: AbsolutePath): boolean {
  const real = (...parts: readonly [string, ...string[]]): string =>
    locateInside(root, absolutePath(...parts), true).real;
  try {
    const go = statSync(real(path, "go"));
    if (!go.isFile() || (go.mode & 0o111) === 0) return false;
    const above = locateInside(root, path, true).host;
    if (isDirectoryAt(real(above, "../pkg/tool")) || isDirectoryAt(real(above, "../src/runtime"))) return true;
    return hasGoCommandsOnly(real(path));
  } catch (error) {
    // What the account can't look at, its shell finds no go in either.
    if (isErrno(error, "ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG")) return false;
    throw error;
  }
}

function hasGoCommandsOnly(real: string): boolean {
  const directory = opendirSync(real);
  try {
    for (let seen = 0; seen <= mostCommands; seen += 1) {
      const entry = directory.readSync();
      if (entry === null) return true;
      if (!goCommands.test(entry.name)) return false;
    }
    return false;
  } finally {
    directory.closeSync();
  }
}
