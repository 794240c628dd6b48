import { absolutePath } from "../absolute-path.ts";
import { places } from "../places.ts";
import type { ReadFiles } from "../ports.ts";
import { hashBytes, type Sha256 } from "../../release/sha256.ts";

/** Twice what a manifest of the largest tree that is let through could have. */
export const mostManifestBytes = 64 * 1024 * 1024;

/** The bytes of a backup; undefined where it is gone, or holds other bytes than were put into it. */
export function readBackup(files: ReadFiles, name: string, sha256: Sha256): Buffer | undefined {
  const content = files.read(absolutePath(places.backups, name), mostManifestBytes);
  return content !== undefined && hashBytes(content) === sha256 ? content : undefined;
}
