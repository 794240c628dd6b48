import { ProvisionError } from "../errors/provision-error.ts";
import type { AbsolutePath } from "./absolute-path.ts";
import type { FileStat, ReadFiles } from "./ports.ts";
import { posix } from "node:path";

/** Who may write a place besides root. */
export interface Writer {
  readonly uid: number;
  /** A group that nobody else belongs to; undefined where no group may write. */
  readonly gid: number | undefined;
}

export const rootAlone: Writer = { uid: 0, gid: undefined };

/**
 * The user of this process. The user's own group may write too: Debian gives each user one of their own, and a umask of
 * 002 (adduser.conf(5), USERGROUPS; pam_umask(8), usergroups).
 */
export function currentWriter(): Writer {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() };
}

/** Whether nobody but root and `writer` can write it. */
export function hasOneWriter({ uid, gid, mode }: Pick<FileStat, "uid" | "gid" | "mode">, writer: Writer): boolean {
  return (uid === 0 || uid === writer.uid) && (mode & (gid === writer.gid ? 0o002 : 0o022)) === 0;
}

/** @throws ProvisionError `place-unsafe` where it is no directory that only root and the user of this process can write */
export function requireOneWriter(path: AbsolutePath, found: FileStat | undefined): void {
  if (found?.kind === "directory" && hasOneWriter(found, currentWriter())) return;
  throw describeOpenPlace(path, found, "there");
}

/** The failure of a bundle whose output is, or lies below, a directory that is open to others. */
export function describeOpenPlace(
  path: AbsolutePath,
  found: FileStat | undefined,
  where: "there" | "below it",
): ProvisionError {
  const open = `${path} can be written by others (owner ${found?.uid}, group ${found?.gid}, mode ${found?.mode.toString(8)})`;
  const what = found?.kind === "directory" ? `${open}, who could exchange what is written ${where}` : `${path} is not a directory`; // prettier-ignore
  return new ProvisionError("place-unsafe", what, {
    remedy: [`name another --output, or run readygo as the owner of ${path}, with nobody else able to write ${path}`],
  });
}

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
