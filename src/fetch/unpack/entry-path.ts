import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import { HostileArchive } from "./hostile-archive.ts";

const longestName = 255;

/**
 * Takes the archive's own top folder off an entry's name: "" for that folder itself, no trailing slash.
 * Throws HostileArchive for every name that no release has and that could lead out of the tree or hide in it.
 *
 * @param prefix with its slash, such as `go/`
 */
export function parseEntryPath(name: string, prefix: string, bounds: ArchiveBounds): string {
  if (name.startsWith("/")) throw new HostileArchive("an entry has an absolute path", name);
  const whole = name.endsWith("/") ? name.slice(0, -1) : name;
  if (`${whole}/` === prefix) return "";
  if (!whole.startsWith(prefix)) {
    const isEscape = whole.split("/").includes("..");
    throw new HostileArchive(isEscape ? "an entry leads out of the tree" : `an entry is not under ${prefix}`, name);
  }
  const path = whole.slice(prefix.length);
  // Most names are plain; the parts are only looked at where one of these could be wrong.
  if (path.length === 0 || path.startsWith("/") || /(?:^|\/)\.{0,2}(?:\/|$)/.test(path)) {
    const isEscape = path.split("/").includes("..");
    throw new HostileArchive(isEscape ? "an entry leads out of the tree" : "an entry's path is not clean", name);
  }
  // U+FFFD stands for bytes that were no UTF-8: two different names could have become the same.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\\ufffd]/.test(path)) {
    throw new HostileArchive("an entry's path holds characters that no release uses", name);
  }
  if (path.length * 3 > longestName) {
    const isTooLong =
      Buffer.byteLength(path) > bounds.pathBytes ||
      path.split("/").some((part) => Buffer.byteLength(part) > longestName);
    if (isTooLong) throw new HostileArchive("an entry's path is longer than any release's", name);
  }
  return path;
}
