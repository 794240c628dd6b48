import { posix } from "node:path";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import type { HomeFiles } from "../host/home/home-files.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { SystemFiles } from "../host/system-files.ts";
import { hashBytes, type Sha256 } from "../release/sha256.ts";
import { openJournal, type JournalRecord, type TreeIdentity } from "./journal.ts";

/** What a transaction acts through. `home` opens an account's home, one child process an account. */
export interface ApplyPorts {
  readonly files: ReadFiles;
  readonly system: SystemFiles;
  /** `readygo VERSION`, as state files name who wrote them. */
  readonly writtenBy: string;
  home(owner: string): HomeFiles;
}

/** Acts, each journaled before it is done. */
export interface Transaction {
  readonly id: string;
  readonly records: readonly JournalRecord[];
  /** An empty directory of this transaction under staging/. */
  readonly staging: AbsolutePath;
  makeDirectory(path: AbsolutePath, owner: string | null): Promise<void>;
  /** Removes a directory that readygo made, where it is empty. */
  removeDirectory(path: AbsolutePath, owner: string | null): Promise<void>;
  /** Replaces, makes or (content null) removes one file; `expected` is the content it must still have, null for absent. */
  write(request: FileWrite): Promise<void>;
  move(from: AbsolutePath, to: AbsolutePath): void;
  exchange(one: AbsolutePath, other: AbsolutePath): void;
  /** Copies what stands at `path`, then deletes it: for file systems that refuse to rename it. */
  displaceByCopy(path: AbsolutePath, copy: AbsolutePath): void;
  /** The new state holds from here on; what is named is then deleted, as far as the file system lets us. */
  commit(deletions: readonly AbsolutePath[]): void;
  /** What kept a commit's deletions from being done; the journal stays then, and the next run does them. */
  cleanUpFailure(): Error | undefined;
}

export interface FileWrite {
  readonly path: AbsolutePath;
  readonly owner: string | null;
  readonly content: Buffer | null;
  readonly mode: number;
  readonly expected: Sha256 | null;
}

const stateDirectories = [places.store, places.staging, places.previous, places.state, places.backups] as const;

/** Makes readygo's own places where they are missing, 0755 beside the tree and 0700 for the state. */
function makePlaces(system: SystemFiles): void {
  for (const place of stateDirectories) system.makeDirectory(place, place.startsWith(places.state) ? 0o700 : 0o755);
}

/** Takes readygo's own places away as far as they are empty. */
export function removeEmptyPlaces(system: SystemFiles): void {
  for (const place of stateDirectories.toReversed()) system.removeEmptyDirectory(place);
}

export function identifyTree(files: ReadFiles, path: AbsolutePath): TreeIdentity | undefined {
  const stat = files.stat(path);
  if (stat === undefined || (stat.kind !== "directory" && stat.kind !== "link")) return undefined;
  return { kind: stat.kind, mtimeNs: stat.mtimeNs, inode: stat.inode };
}

export function isSameTree(one: TreeIdentity | undefined, other: TreeIdentity | undefined): boolean {
  return one !== undefined && other !== undefined && one.kind === other.kind && one.mtimeNs === other.mtimeNs;
}

/** A tree manifest is 1.7 MB, an rc file at most 1 MiB: on a full disk an undo needs this, and has it once staging is gone. */
const undoRoomBytes = 4 * 1024 * 1024;

/** Begins: the journal and the staging directory are on the disk when this returns. */
export function beginTransaction(ports: ApplyPorts, command: string, now: Date): Transaction {
  const { files, system } = ports;
  const id = now.toISOString().replaceAll(/[-:.]/g, "");
  const staging = absolutePath(places.staging, id);
  const records: JournalRecord[] = [];
  const journal = openJournal(system, ports.writtenBy);
  const record = (entry: JournalRecord): void => {
    journal.append(entry);
    records.push(entry);
  };
  makePlaces(system);
  system.syncDirectory(places.usrLocal);
  record({ kind: "begin", id, command, at: now.toISOString() });
  record({ kind: "stage", path: staging });
  system.syncDirectory(places.state);
  system.makeDirectory(staging, 0o700);
  system.reserveRoom(absolutePath(staging, "room"), undoRoomBytes);

  let cleanUpFailure: Error | undefined;
  const identify = (path: AbsolutePath): TreeIdentity => {
    const identity = identifyTree(files, path);
    if (identity === undefined) throw new ProvisionError("step-failed", `${path} is neither a directory nor a link`);
    return identity;
  };

  return {
    id,
    records,
    staging,
    async makeDirectory(path, owner) {
      record({ kind: "make-directory", path, owner });
      if (owner === null) system.makeDirectory(path, 0o755);
      else await ports.home(owner).makeDirectory(path);
    },
    async removeDirectory(path, owner) {
      record({ kind: "remove-directory", path, owner });
      if (owner === null) system.removeEmptyDirectory(path);
      else await ports.home(owner).removeDirectory(path);
    },
    async write({ path, owner, content, mode, expected }) {
      const now = await readOwned(ports, path, owner);
      const nowSha256 = now === undefined ? null : hashBytes(now.content);
      if (nowSha256 !== expected) {
        throw new ProvisionError("step-failed", `${path} was changed by somebody else while readygo was at work`);
      }
      const isThere = now !== undefined && nowSha256 !== null;
      const before = isThere ? { name: `undo-${id}-${records.length}`, sha256: nowSha256, mode: now.mode } : null;
      // The record comes before its backup: cut off between them, the file is still as it was and needs none.
      record({ kind: "write", path, owner, before, after: content === null ? null : hashBytes(content) });
      if (now !== undefined && before !== null) {
        system.replace(absolutePath(places.backups, before.name), now.content, 0o600);
      }
      await putOwned(ports, { path, owner, content, mode: now?.mode ?? mode, expected });
    },
    move(from, to) {
      record({ kind: "move", from, to, identity: identify(from) });
      system.rename(from, to);
    },
    exchange(one, other) {
      record({ kind: "exchange", one, other, identityOfOne: identify(one), identityOfOther: identify(other) });
      system.exchange(one, other);
    },
    displaceByCopy(path, copy) {
      const identity = identify(path);
      record({ kind: "copy", path, copy });
      system.copyTree(path, copy);
      // The directory around it: what was copied may be a link that leads nowhere.
      system.syncFileSystem(absolutePath(posix.dirname(copy)));
      record({ kind: "delete-original", path, copy, identity });
      removeOriginal(system, path);
    },
    commit(deletions) {
      const undoBackups = records.flatMap((entry) =>
        entry.kind === "write" && entry.before !== null ? [absolutePath(places.backups, entry.before.name)] : [],
      );
      const commit = { kind: "commit", deletions: [...deletions, ...undoBackups, staging] } as const;
      record(commit);
      try {
        finishCommit(system, commit);
      } catch (error) {
        if (!(error instanceof Error && "syscall" in error)) throw error;
        cleanUpFailure = error;
      }
    },
    cleanUpFailure: () => cleanUpFailure,
  };
}

/** Deletes what was copied first: what stands at /usr/local/go, or a tree of readygo's own. */
export function removeOriginal(system: SystemFiles, path: AbsolutePath): void {
  if (path === places.goroot) system.removeReplacedTree(path);
  else system.removeOwnTree(path);
}

/** What is left to do after the commit record; safe to repeat. */
export function finishCommit(system: SystemFiles, commit: JournalRecord & { kind: "commit" }): void {
  for (const path of commit.deletions) system.removeOwnTree(path);
  // Before the journal goes, so that nothing is left to do once it is gone; the state's own directory only after it.
  removeEmptyPlaces(system);
  system.removeFile(places.journal);
  removeEmptyPlaces(system);
}

interface OwnedFile {
  readonly content: Buffer;
  readonly mode: number;
}

/** A file of the system by root, one in a home by that account's own child. */
export async function readOwned(
  ports: ApplyPorts,
  path: AbsolutePath,
  owner: string | null,
): Promise<OwnedFile | undefined> {
  if (owner !== null) return ports.home(owner).read(path);
  const stat = ports.files.stat(path);
  const content = ports.files.read(path);
  return stat === undefined || content === undefined ? undefined : { content, mode: stat.mode };
}

export async function putOwned(ports: ApplyPorts, { path, owner, content, mode, expected }: FileWrite): Promise<void> {
  if (owner !== null) {
    const home = ports.home(owner);
    if (content === null) await home.remove(path, { ifSha256: expected });
    else await home.replace(path, content, { mode, ifSha256: expected });
    return;
  }
  if (content === null) ports.system.removeFile(path);
  else ports.system.replace(path, content, mode);
  ports.system.syncDirectory(absolutePath(posix.dirname(path)));
}
