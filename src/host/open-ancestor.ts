import { posix } from "node:path";
import type { AbsolutePath } from "./absolute-path.ts";
import { hasOneWriter, type Writer } from "./one-writer.ts";
import type { ReadFiles } from "./ports.ts";

/** With it only the owner of a name can rename or remove it (inode(7)): /tmp has it. */
const stickyBit = 0o1000;

/**
 * The first directory, from / down to `path` itself, in which somebody but root and `writer` could exchange what lies
 * below; undefined where there is none. One that everybody may write counts as closed where it is sticky: what lies in it
 * is looked at too. `path` has to be without links: a link on the way is named, as is what is not there.
 *
 * @param files whose `stat` is asked; under `--root DIR` the way begins at DIR
 */
export function findOpenAncestor(
  path: AbsolutePath,
  files: Pick<ReadFiles, "stat">,
  writer: Writer,
): AbsolutePath | undefined {
  const parent = posix.dirname(path) as AbsolutePath;
  const above = parent === path ? undefined : findOpenAncestor(parent, files, writer);
  if (above !== undefined) return above;
  const found = files.stat(path);
  if (found?.kind !== "directory") return path;
  const isSticky = (found.mode & stickyBit) !== 0;
  return hasOneWriter(isSticky ? { ...found, mode: 0 } : found, writer) ? undefined : path;
}
