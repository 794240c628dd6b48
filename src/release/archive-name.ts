import type { Architecture } from "./architecture.ts";
import type { GoVersion } from "./go-version.ts";

/** The publisher's file name for a release: `go1.26.8.linux-amd64.tar.gz`. */
export function archiveFileName(version: GoVersion, architecture: Architecture): string {
  return `${version}.linux-${architecture}.tar.gz`;
}

/** The version of module `golang.org/toolchain` that holds a release: `v0.0.1-go1.27.4.linux-amd64`. */
export function toolchainModuleVersion(version: GoVersion, architecture: Architecture): string {
  return `v0.0.1-${version}.linux-${architecture}`;
}

/** Where a directory may have a release: the publisher's file name, the module's, or the module's place in a proxy's layout. */
export function archivePlaces(
  version: GoVersion,
  architecture: Architecture,
): readonly [tarGz: string, zip: string, inProxy: string] {
  const zip = `${toolchainModuleVersion(version, architecture)}.zip`;
  return [archiveFileName(version, architecture), zip, `golang.org/toolchain/@v/${zip}`];
}
