import { HomeRefusal } from "./home-refusal.ts";
import { isErrno } from "../real-files.ts";

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
