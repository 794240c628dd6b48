import { isDirectoryAt, isErrno, lstatOrNothing, statOrNothing } from "../real-files.ts";
import { answering, codeOf, HomeRefusal } from "./home-refusal.ts";
import { createHash } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { posix } from "node:path";
import type { Sha256 } from "../../release/sha256.ts";
import type { AbsolutePath } from "../absolute-path.ts";
import { type Home, type LocatedInHome, locateInHome } from "./locate-in-home.ts";
import { locateInside } from "../locate-inside.ts";

const mostBytes = 1024 * 1024;

export interface HomeFile {
  readonly content: Buffer;
  /** Permission bits, 07777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  /** Where it is when links are followed, as the host names it. */
  readonly resolvedPath: AbsolutePath;
  readonly sha256: Sha256;
}

/** What a change expects to find: a hash, `null` for no file, `undefined` for anything. */
export interface Expectation {
  readonly ifSha256?: Sha256 | null;
}

export interface ReplaceOptions extends Expectation {
  /** Permission bits; default: those of the file that is replaced, 0644 for a new one. */
  readonly mode?: number;
}

/** A home directory worked in by a process that has its account's rights. Throws HomeRefusal, or a bare system error. */
export interface HomeDirectory {
  read(path: AbsolutePath): HomeFile | undefined;
  replace(path: AbsolutePath, content: Buffer, options: ReplaceOptions): void;
  remove(path: AbsolutePath, expectation: Expectation): void;
  removeTemporary(path: AbsolutePath): void;
  makeDirectory(path: AbsolutePath): boolean;
  removeDirectory(path: AbsolutePath): boolean;
  isDirectory(path: AbsolutePath): boolean;
}

export interface HomeDirectoryOptions extends Home {
  readonly uid: number;
}

export function openHomeDirectory({ uid, home, root }: HomeDirectoryOptions): HomeDirectory {
  const locate = (path: AbsolutePath): LocatedInHome => locateInHome({ home, root }, path);

  const read = (path: AbsolutePath): HomeFile | undefined =>
    answering(path, () => {
      const { real, host } = locate(path);
      const stat = lstatOrNothing(real);
      if (stat === undefined) {
        if (lstatOrNothing(locateInside(root, path, false).real) !== undefined) {
          throw new HomeRefusal("link", path, `it is a link to nothing (${host})`);
        }
        requireWritableParent(path, real);
        return undefined;
      }
      // Before it is opened: opening alone can do something to a device.
      requireOrdinary(path, stat, uid);
      requireWritableParent(path, real);
      const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        const opened = fstatSync(file);
        requireOrdinary(path, opened, uid);
        const content = readBounded(path, file);
        return {
          content,
          mode: opened.mode & 0o7777,
          uid: opened.uid,
          gid: opened.gid,
          links: opened.nlink,
          resolvedPath: host,
          sha256: createHash("sha256").update(content).digest("hex") as Sha256,
        };
      } finally {
        closeSync(file);
      }
    });

  const readExpected = (path: AbsolutePath, { ifSha256 }: Expectation): HomeFile | undefined => {
    const current = read(path);
    if (ifSha256 !== undefined && (current?.sha256 ?? null) !== ifSha256) {
      throw new HomeRefusal("changed", path, "somebody else has changed it meanwhile");
    }
    return current;
  };

  return {
    read,
    replace: (path, content, options) =>
      answering(path, () => {
        const current = readExpected(path, options);
        const { real } = locate(path);
        const mode = options.mode ?? current?.mode ?? 0o644;
        putAtomically(real, content, { mode, owner: current });
      }),
    remove: (path, expectation) =>
      answering(path, () => {
        if (readExpected(path, expectation) === undefined) return;
        // The link itself would be left behind, leading nowhere.
        if (lstatSync(locateInside(root, path, false).real).isSymbolicLink()) {
          throw new HomeRefusal("link", path, "it has become a link");
        }
        const { real } = locate(path);
        unlinkSync(real);
        syncDirectory(posix.dirname(real));
      }),
    removeTemporary: (path) => answering(path, () => rmSync(temporaryFor(locate(path).real), { force: true })),
    makeDirectory: (path) =>
      answering(path, () => {
        const { real } = locate(path);
        if (isDirectoryAt(real)) return false;
        requireWritableParent(path, real);
        // What the XDG base directory specification asks of directories that a program makes there.
        mkdirSync(real, { mode: 0o700 });
        syncDirectory(posix.dirname(real));
        return true;
      }),
    removeDirectory: (path) =>
      answering(path, () => {
        const { real, host } = locate(path);
        if (host === locateInside(root, home, true).host)
          throw new HomeRefusal("home", path, "it is the home directory");
        try {
          rmdirSync(real);
        } catch (error) {
          if (isErrno(error, "ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR")) return false;
          throw error;
        }
        syncDirectory(posix.dirname(real));
        return true;
      }),
    isDirectory: (path) => answering(path, () => isDirectoryAt(locateInside(root, path, true).real)),
  };
}

function requireOrdinary(path: string, stat: Stats, uid: number): void {
  if (!stat.isFile()) throw new HomeRefusal("kind", path, `it is ${kindOf(stat)}, not a regular file`);
  if (stat.size > mostBytes) throw new HomeRefusal("size", path, `it is larger than 1 MiB (${stat.size} bytes)`);
  if (stat.uid !== uid) throw new HomeRefusal("owner", path, `it belongs to another account (uid ${stat.uid})`);
  if (stat.nlink > 1) {
    throw new HomeRefusal("hard-links", path, `it has ${stat.nlink} hard links, and a replacement would part them`);
  }
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])];
  if (process.geteuid?.() !== 0 && !groups.includes(stat.gid)) {
    throw new HomeRefusal("owner", path, `its account is not in its group (gid ${stat.gid})`);
  }
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return "a directory";
  if (stat.isFIFO()) return "a FIFO";
  return stat.isSocket() ? "a socket" : "a device";
}

/** A replacement needs its directory; where that is still to be made, the nearest one above it. */
function requireWritableParent(path: string, real: string): void {
  let parent = posix.dirname(real);
  for (;;) {
    const stat = statOrNothing(parent);
    if (stat?.isDirectory() === true) break;
    if (stat !== undefined) throw new HomeRefusal("kind", path, "something on the way to it is not a directory");
    parent = posix.dirname(parent);
  }
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
  } catch (error) {
    // No right of the account's would help: `answering` calls it by its name.
    if (isErrno(error, "EROFS")) throw error;
    throw new HomeRefusal("rights", path, `its directory cannot be written by the account (${codeOf(error)})`, {
      cause: error,
    });
  }
}

/** The size may grow while it is read, and it is 0 for some files that have content. */
function readBounded(path: string, file: number): Buffer {
  const content = Buffer.alloc(mostBytes + 1);
  let length = 0;
  while (length < content.length) {
    const read = readSync(file, content, length, content.length - length, null);
    if (read === 0) return Buffer.from(content.subarray(0, length));
    length += read;
  }
  throw new HomeRefusal("size", path, "it is larger than 1 MiB");
}

/** Fixed, so that what a killed run left can be found again. */
function temporaryFor(real: string): string {
  return posix.join(posix.dirname(real), `.${posix.basename(real)}.readygo-new`);
}

function putAtomically(
  real: string,
  content: Buffer,
  {
    mode,
    owner,
  }: { readonly mode: number; readonly owner: { readonly uid: number; readonly gid: number } | undefined },
): void {
  const temporary = temporaryFor(real);
  rmSync(temporary, { force: true });
  let isMoved = false;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, content);
      // Before the mode: a change of owner clears bits of it. A directory with setgid gives new files its own group.
      if (owner !== undefined && fstatSync(file).gid !== owner.gid) fchownSync(file, owner.uid, owner.gid);
      fchmodSync(file, mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, real);
    isMoved = true;
  } finally {
    if (!isMoved) rmSync(temporary, { force: true });
  }
  syncDirectory(posix.dirname(real));
}

function syncDirectory(real: string): void {
  const directory = openSync(real, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
