import { isErrno } from "../real-files.ts";

/**
 * Why a file in a home directory is left alone.
 *
 * - `link`: it, or a directory on the way, is a link that leads out of the home directory, to nothing, or in a circle
 * - `kind`: not a regular file (FIFO, device, directory), or a way through something that is no directory
 * - `size`: larger than 1 MiB
 * - `owner`: it belongs to another account, or to a group that it could not be given to again
 * - `hard-links`: it has further names, which a replacement would leave behind with the old content
 * - `rights`: the account itself can't read it, or can't write where it stands
 * - `read-only`: the file system lets nobody write there
 * - `home`: there is no home directory
 * - `changed`: it is not, or no longer, what the caller took it for
 * - `unanswered`: the child that works in this home gave no answer in time, or ended
 */
export type HomeRefusalKind =
  | "link"
  | "kind"
  | "size"
  | "owner"
  | "hard-links"
  | "rights"
  | "read-only"
  | "home"
  | "changed"
  | "unanswered";

/** The message is the reason alone, to be read after the path: "it belongs to another account (uid 0)". */
export class HomeRefusal extends Error {
  override readonly name = "HomeRefusal";
  readonly kind: HomeRefusalKind;
  readonly path: string;

  constructor(kind: HomeRefusalKind, path: string, reason: string, options: { cause?: unknown } = {}) {
    super(reason, options);
    this.kind = kind;
    this.path = path;
  }
}

/** Turns what the system says about the account's rights and links into a refusal. */
export function answering<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (isErrno(error, "EACCES", "EPERM")) {
      throw new HomeRefusal("rights", path, `its account has no right to it (${codeOf(error)})`, { cause: error });
    }
    if (isErrno(error, "EROFS")) {
      throw new HomeRefusal("read-only", path, "its file system is read-only", { cause: error });
    }
    if (isErrno(error, "ELOOP")) throw new HomeRefusal("link", path, "it is a link in a circle", { cause: error });
    // Each of these was looked at a moment ago: only somebody who works there at the same time brings it about.
    if (isErrno(error, "ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENOTEMPTY", "ENXIO")) {
      throw new HomeRefusal("changed", path, `somebody else is changing it (${codeOf(error)})`, { cause: error });
    }
    throw error;
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
