import { posix } from "node:path";
import process from "node:process";
import type { AbsolutePath } from "../host/absolute-path.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { findAccount } from "../host/home/accounts.ts";
import { openHome } from "../host/home/home-files.ts";
import { placeWholeFile, resolveDirectory } from "../host/place-whole-file.ts";
import type { Account, FileStat } from "../host/ports.ts";
import { createRealFiles } from "../host/real-files.ts";

export interface ReportFile {
  readonly path: AbsolutePath;
  readonly content: string;
  /** Whether others have to read it, whatever the umask. */
  readonly isPublic: boolean;
}

const machine = createRealFiles("");

/**
 * Writes a report of this machine's, whole or not at all. What lies in an account's home is written by a child that is that
 * account.
 *
 * @param entry what starts readygo again, for that child
 * @throws ProvisionError, HomeRefusal, or what node:fs throws
 */
export async function writeReport({ path, content, isPublic }: ReportFile, entry: readonly string[]): Promise<void> {
  const directory = resolveDirectory(absolutePath(posix.dirname(path)));
  const name = posix.basename(path);
  const mode = isPublic ? 0o644 : 0o644 & ~process.umask();
  const owner = findHomeOwner(directory, machine.stat(directory));
  if (owner === undefined) return placeWholeFile(directory, name, content, mode);
  const home = openHome({ account: owner, root: "", entry });
  try {
    await home.replace(absolutePath(directory, name), Buffer.from(content), { mode });
  } finally {
    await home.close();
  }
}

/** Undefined where the directory is root's, the caller's own, or outside of its owner's home. */
function findHomeOwner(directory: AbsolutePath, found: FileStat | undefined): Account | undefined {
  if (found === undefined || found.uid === 0 || process.geteuid?.() !== 0) return undefined;
  const account = findAccount(machine, found.uid, true);
  if (account === undefined) return undefined;
  const home = machine.resolve(account.home) ?? account.home;
  return directory === home || directory.startsWith(`${home}/`) ? account : undefined;
}
