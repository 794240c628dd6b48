import { parseTreeManifest, type TreeManifest } from "../../release/tree-manifest.ts";
import { hashBytes } from "../../release/sha256.ts";
import { absolutePath } from "../absolute-path.ts";
import { places } from "../places.ts";
import type { ReadFiles } from "../ports.ts";
import { mostManifestBytes } from "./backups.ts";
import type { InstalledRelease, KeptRelease } from "./receipt.ts";

/** The manifest of an installed tree, or of a kept one; undefined where it is not the one that the receipt names. */
export function readStoredManifest(
  files: ReadFiles,
  release: InstalledRelease | KeptRelease | undefined,
): TreeManifest | undefined {
  // Without a receipt there is none, or it is not for this user to read.
  if (release === undefined) return undefined;
  const path = "keptAs" in release ? absolutePath(places.backups, release.manifest) : places.treeManifest;
  const content = files.read(path, mostManifestBytes);
  if (content === undefined || hashBytes(content) !== release.tree.manifestSha256) return undefined;
  return parseTreeManifest(content.toString("utf8"));
}
