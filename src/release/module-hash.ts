import { hash } from "node:crypto";

import { ProvisionError } from "../errors/provision-error.ts";
import type { Architecture } from "./architecture.ts";
import { toolchainModuleVersion } from "./archive-name.ts";
import type { GoVersion } from "./go-version.ts";
import type { Sha256 } from "./sha256.ts";
import { sortByPathBytes } from "./tree-manifest.ts";

/** A file of a module by its full name in the zip, with the digest of its content. */
export interface ModuleFile {
  readonly name: string;
  readonly sha256: Sha256;
}

/**
 * The checksum database's hash of a module (golang.org/x/mod/sumdb/dirhash, Hash1): `h1:` and base64. It covers names and
 * contents, neither modes nor times. Throws ProvisionError `tree-wrong` for a name that comes twice or holds a newline.
 */
export function computeModuleHash(files: Iterable<ModuleFile>): string {
  const lines: string[] = [];
  let previous: string | undefined;
  for (const { name, sha256 } of sortByPathBytes([...files], (file) => file.name)) {
    if (name === previous || name.includes("\n")) {
      const what = name === previous ? "comes twice" : "holds a newline";
      throw new ProvisionError("tree-wrong", `a file name ${what}, and no module has it: ${JSON.stringify(name)}`);
    }
    lines.push(`${sha256}  ${name}\n`);
    previous = name;
  }
  // At once: a call for each of 11,500 lines takes longer than hashing them.
  return `h1:${hash("sha256", lines.join(""), "base64")}`;
}

/** The hash of a tree as the toolchain module of its release: of the files that the module has, under its names. */
export function hashTreeAsModule(
  { version, architecture }: { readonly version: GoVersion; readonly architecture: Architecture },
  files: Iterable<{ readonly path: string; readonly sha256: Sha256 }>,
): string {
  const named: ModuleFile[] = [];
  for (const { path, sha256 } of files) {
    const name = moduleFileName(version, architecture, path);
    if (name !== undefined) named.push({ name, sha256 });
  }
  return computeModuleHash(named);
}

/** Folders of the tar.gz that the module leaves out (cmd/distpack). */
const foldersOutsideModule = /^(?:api|doc|misc|test)\//;

/** Whether a path of a tree, also that of a directory, is none that the module could have. */
export function isOutsideModule(treePath: string): boolean {
  return foldersOutsideModule.test(`${treePath}/`);
}

/** The same of a file: one that has the name of such a folder is none of its files, and in the hash. */
export function isFileOutsideModule(treePath: string): boolean {
  return foldersOutsideModule.test(treePath);
}

/**
 * A tree's file as the toolchain module names it; `undefined` for what the module leaves out. `treePath` is relative to the
 * Go root. A `go.mod` is `_go.mod` there, since a zip with a go.mod in a folder would end the module at it. A tree's own
 * `_go.mod`, which no release has, gets one more underscore: otherwise a tree that was never renamed back would hash alike.
 */
export function moduleFileName(version: GoVersion, architecture: Architecture, treePath: string): string | undefined {
  if (isFileOutsideModule(treePath)) return undefined;
  return prefix(version, architecture) + treePath.replace(/(^|\/)(_*go\.mod)$/, "$1_$2");
}

/** The inverse: where a file of the module's zip goes; `undefined` for names outside the module's prefix or a bare `go.mod`. */
export function treePathOfModuleFile(version: GoVersion, architecture: Architecture, name: string): string | undefined {
  const start = prefix(version, architecture);
  const path = name.slice(start.length);
  if (!name.startsWith(start) || path === "" || foldersOutsideModule.test(path)) return undefined;
  if (/(^|\/)go\.mod$/.test(path)) return undefined;
  return path.replace(/(^|\/)_(_*go\.mod)$/, "$1$2");
}

function prefix(version: GoVersion, architecture: Architecture): string {
  return `golang.org/toolchain@${toolchainModuleVersion(version, architecture)}/`;
}
