import type { Architecture } from "./architecture.ts";
import type { GoVersion } from "./go-version.ts";
import type { Sha256 } from "./sha256.ts";

/** Where knowledge of a release comes from: the pinned manifests/releases.json, the publisher's JSON, a module proxy's list. */
export type CatalogueOrigin = "manifest" | "publisher" | "goproxy";

/** What one origin says of one archive. Very old releases, and all that a module proxy lists, come without a hash. */
export interface ArchiveStatement {
  readonly by: CatalogueOrigin;
  readonly sha256?: Sha256;
  /** Bytes of the tar.gz. */
  readonly size?: number;
  /** The checksum database's hash of the toolchain module with the same files; pinned only. */
  readonly h1?: string;
  /** The number of that record in the checksum database. */
  readonly logRecord?: number;
}

/** The tar.gz of one architecture, with every origin's statement kept apart: two that differ are never merged. */
export interface ReleaseArchive {
  readonly fileName: string;
  readonly statements: readonly ArchiveStatement[];
}

/** A published Go version. An architecture without an archive is one that this release was not published for. */
export interface Release {
  readonly version: GoVersion;
  readonly isStable: boolean;
  readonly archives: Readonly<Partial<Record<Architecture, ReleaseArchive>>>;
  readonly knownBy: readonly CatalogueOrigin[];
}
