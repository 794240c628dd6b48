import { ProvisionError } from "../../errors/provision-error.ts";
import type { Sha256 } from "../../release/sha256.ts";
import { sortByPathBytes, type TreeManifest } from "../../release/tree-manifest.ts";
import type { ReceivedArchive } from "./digest-archive.ts";
import { HostileArchive } from "./hostile-archive.ts";
import type { WrittenTree } from "./tree-writer.ts";

/** An archive that was unpacked into staging, and all that is in there. */
export interface StagedTree {
  readonly archive: ReceivedArchive & { readonly kind: "tar.gz" | "zip" };
  readonly manifest: TreeManifest;
}

/** Puts what threads wrote together. */
export function toManifest(...parts: readonly WrittenTree[]): TreeManifest {
  const files = parts.flatMap((part) => part.files.map((file) => ({ ...file, sha256: file.sha256 as Sha256 })));
  const directories = parts.flatMap((part) => part.directories);
  return {
    files: sortByPathBytes(files, ({ path }) => path),
    directories: sortByPathBytes(directories, (path) => path),
  };
}

/** Turns HostileArchive into `archive-hostile`, the entry's name escaped; anything else comes back as it is. */
export function toStageError(error: unknown, sourceName: string): unknown {
  if (!(error instanceof HostileArchive)) return error;
  const entry = error.entry === undefined ? {} : { entry: JSON.stringify(error.entry.slice(0, 300)) };
  return new ProvisionError("archive-hostile", `the archive is refused: ${error.message}`, {
    details: { ...entry, from: sourceName },
  });
}
