import { ProvisionError } from "../errors/provision-error.ts";
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

/** What all origins agree on. `vouchedBy` names those that state the hash; empty where nobody states one. */
export interface SettledArchive {
  readonly fileName: string;
  readonly sha256?: Sha256;
  readonly size?: number;
  /** Pinned beside the hash, or in its place where only the module is known. */
  readonly h1?: string;
  readonly vouchedBy: readonly CatalogueOrigin[];
}

/**
 * One archive's facts; `undefined` where the release has none for this architecture. Throws ProvisionError
 * `checksum-mismatch` where two trust roots state different hashes: which of them is right is not ours to guess.
 */
export function settleArchive(release: Release, architecture: Architecture): SettledArchive | undefined {
  const archive = release.archives[architecture];
  if (archive === undefined) return undefined;
  const stated = archive.statements.flatMap(({ by, sha256 }) => (sha256 === undefined ? [] : [{ by, sha256 }]));
  const sha256 = stated[0]?.sha256;
  if (stated.some((statement) => statement.sha256 !== sha256)) {
    throw new ProvisionError("checksum-mismatch", `the trust roots disagree on ${archive.fileName}`, {
      details: Object.fromEntries(stated.map((statement) => [statement.by, `sha256:${statement.sha256}`])),
      remedy: [
        `readygo install ${release.version.slice(2)} --sha256 HASH with the hash that you hold to be right`,
        "a proxy may be rewriting https://go.dev/dl/; look at it from another network",
      ],
    });
  }
  const size = archive.statements.find((statement) => statement.size !== undefined)?.size;
  const h1 = archive.statements.find((statement) => statement.h1 !== undefined)?.h1;
  return {
    fileName: archive.fileName,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(size === undefined ? {} : { size }),
    ...(h1 === undefined ? {} : { h1 }),
    vouchedBy: stated.map(({ by }) => by),
  };
}
