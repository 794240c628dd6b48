import { type Architecture, architectures } from "./architecture.ts";
import { compareGoVersions, type GoVersion } from "./go-version.ts";
import { parsePublisherEntries } from "./publisher-json.ts";
import type { ArchiveStatement, Release, ReleaseArchive } from "./release.ts";

/** Releases, each version once, newest first in Go's own order. */
export type Catalogue = readonly Release[];

/** The union. Statements of different origins about one archive are kept side by side. */
export function mergeCatalogues(...catalogues: readonly (readonly Release[])[]): Catalogue {
  const byVersion = new Map<GoVersion, Release>();
  for (const release of catalogues.flat()) {
    const known = byVersion.get(release.version);
    byVersion.set(release.version, known === undefined ? release : mergeReleases(known, release));
  }
  return [...byVersion.values()].sort((a, b) => compareGoVersions(b.version, a.version));
}

/** The catalogue that readygo carries: manifests/releases.json, whose hashes each have two unrelated public sources. */
export async function loadManifest(): Promise<Catalogue> {
  const module: { readonly default: unknown } = await import("../../manifests/releases.json", {
    with: { type: "json" },
  });
  return mergeCatalogues(parsePublisherEntries(module.default, { origin: "manifest", url: "manifests/releases.json" }));
}

/**
 * The hash of a release's files that readygo carries: what the checksum database had on record when the manifest was
 * made. Undefined where it carries none.
 */
export async function findPinnedH1({
  version,
  architecture,
}: {
  readonly version: GoVersion;
  readonly architecture: Architecture;
}): Promise<string | undefined> {
  const release = (await loadManifest()).find((each) => each.version === version);
  return release?.archives[architecture]?.statements.find(({ h1 }) => h1 !== undefined)?.h1;
}

function mergeReleases(a: Release, b: Release): Release {
  const archives: Partial<Record<(typeof architectures)[number], ReleaseArchive>> = {};
  for (const architecture of architectures) {
    const [left, right] = [a.archives[architecture], b.archives[architecture]];
    const fileName = left?.fileName ?? right?.fileName;
    if (fileName === undefined) continue;
    archives[architecture] = {
      fileName,
      statements: distinctStatements([...(left?.statements ?? []), ...(right?.statements ?? [])]),
    };
  }
  return {
    version: a.version,
    isStable: a.isStable && b.isStable,
    archives,
    knownBy: [...new Set([...a.knownBy, ...b.knownBy])],
  };
}

function distinctStatements(statements: readonly ArchiveStatement[]): readonly ArchiveStatement[] {
  const byContent = new Map(statements.map((statement) => [JSON.stringify(statement), statement]));
  return [...byContent.values()];
}
