import { commandLinks, places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import { absolutePath } from "../host/absolute-path.ts";
import type { ObservedLinks } from "../plan/observed-state.ts";
import { listMissingParents } from "./observe-ports.ts";

/** What stands in /usr/local/bin under the names of Go's commands, and whether readygo may put links there. */
export function observeLinks(files: ReadFiles): ObservedLinks {
  const directory = places.linkDirectory;
  return {
    obstacle: findObstacle(files),
    missingDirectories: listMissingParents(absolutePath(directory, "go"), (path) => files.stat(path) !== undefined),
    found: commandLinks.map(({ path, target }) => {
      const stat = files.stat(path);
      const found = stat?.kind === "link" ? (files.readLink(path) ?? null) : null;
      return {
        path,
        wanted: target,
        target: found,
        occupiedBy: stat === undefined || stat.kind === "link" ? null : stat.kind,
      };
    }),
  };
}

/** As the end of a sentence that begins with the directory; undefined where nothing is in the way. */
function findObstacle(files: ReadFiles): string | undefined {
  const stat = files.stat(places.linkDirectory);
  if (stat === undefined) return undefined;
  if (stat.kind === "link") return `is a link to ${files.readLink(places.linkDirectory) ?? "nothing"}`;
  if (stat.kind !== "directory") return "is not a directory";
  if (stat.uid !== 0 || (stat.mode & 0o022) !== 0) {
    return `can be written by others than root (owner ${stat.uid}, mode ${stat.mode.toString(8)})`;
  }
  if (!files.isWritable(places.linkDirectory)) return "cannot be written: it is mounted read-only, or immutable";
  return undefined;
}
