import { ProvisionError } from "../errors/provision-error.ts";
import { nameFailure, RequestFailure } from "../errors/request-failure.ts";
import { describeAttempts } from "../fetch/download/attempt-log.ts";
import type { Architecture } from "../release/architecture.ts";
import { mergeCatalogues, type Catalogue } from "../release/catalogue.ts";
import { chooseRelease } from "../release/choose-release.ts";
import { type GoVersion, languageOf } from "../release/go-version.ts";
import type { Release } from "../release/release.ts";
import type { ReleaseRequest } from "../release/release-request.ts";

/** One place that knows releases; `list` throws RequestFailure where it cannot be reached. */
export interface CatalogueOrigin {
  readonly name: string;
  /** Asked where none of the others knows any release. */
  readonly isLastResort?: boolean;
  readonly list: () => Promise<readonly Release[]>;
}

export interface ResolveRequest {
  readonly request: ReleaseRequest;
  readonly architecture: Architecture;
  readonly installed: GoVersion | undefined;
  /** Carried by readygo: costs no network. */
  readonly manifest: () => Promise<Catalogue>;
  /** False where only archives that can be listed may be used: then a pinned release is a choice only if it is there. */
  readonly isManifestOffered: () => Promise<boolean>;
  /** Asked for only once they are needed. */
  readonly origins: () => Promise<readonly CatalogueOrigin[]>;
}

export interface ResolvedVersion {
  readonly version: GoVersion;
  /** Undefined where what is installed answers the request, and nobody had to be asked. */
  readonly release: Release | undefined;
  /** Origins that could not be reached. */
  readonly failures: readonly { readonly origin: string; readonly failure: RequestFailure }[];
}

/**
 * Asks as few as it can: an exact version that is installed asks nobody, one that is pinned only the manifest; `latest`
 * and a line ask every origin at once, and then, where they know nothing, those of last resort.
 *
 * @throws ProvisionError `version-unknown` with the nearest ones; `sources-failed` where an unreachable origin may know it
 */
export async function resolveVersion(resolve: ResolveRequest): Promise<ResolvedVersion> {
  const { request, architecture, installed } = resolve;
  if (request.kind === "exact" && request.version === installed)
    return { version: installed, release: undefined, failures: [] };
  const manifest = await resolve.manifest();
  if (request.kind === "exact") {
    const pinned = manifest.find((release) => release.version === request.version);
    if (pinned?.archives[architecture] !== undefined) return { version: pinned.version, release: pinned, failures: [] };
  }
  const origins = await resolve.origins();
  const answers = await askOrigins(origins);
  const failures = answers.flatMap(({ failed }) => (failed === undefined ? [] : [failed]));
  const asked = answers.map(({ releases }) => releases);
  const union = mergeCatalogues(manifest, ...asked);
  const offered = new Set(mergeCatalogues(...asked).map((release) => release.version));
  const catalogue = (await resolve.isManifestOffered())
    ? union
    : union.filter((release) => offered.has(release.version));
  // What is installed answers `latest` and a line where nobody else does.
  const isKnown =
    request.kind === "exact"
      ? catalogue.some((release) => release.version === request.version)
      : catalogue.length > 0 || isAnswer(installed, request);
  if (!isKnown && failures.length > 0 && failures.length === origins.length) {
    const remedy = [...new Set(failures.flatMap(({ failure }) => failure.remedy))];
    throw new ProvisionError("sources-failed", `no source that could know ${describeRequest(request)} answered`, {
      details: Object.fromEntries(
        failures.map(({ origin, failure }) => [
          origin,
          [nameFailure(failure), ...describeAttempts(failure)].join("\n"),
        ]),
      ),
      ...(remedy.length === 0 ? {} : { remedy }),
    });
  }
  const release = chooseRelease(request, catalogue, {
    architecture,
    ...(installed === undefined ? {} : { installed }),
  });
  return { version: release.version, release, failures };
}

interface OriginAnswer {
  readonly releases: readonly Release[];
  readonly failed?: { readonly origin: string; readonly failure: RequestFailure };
}

/** All at once, and then, where they know nothing, those of last resort. */
export async function askOrigins(origins: readonly CatalogueOrigin[]): Promise<readonly OriginAnswer[]> {
  const first = await askEach(origins.filter(({ isLastResort }) => isLastResort !== true));
  if (first.some(({ releases }) => releases.length > 0)) return first;
  return [...first, ...(await askEach(origins.filter(({ isLastResort }) => isLastResort === true)))];
}

async function askEach(origins: readonly CatalogueOrigin[]): Promise<readonly OriginAnswer[]> {
  return Promise.all(
    origins.map(async ({ name, list }): Promise<OriginAnswer> => {
      try {
        return { releases: await list() };
      } catch (failure) {
        if (failure instanceof RequestFailure) return { releases: [], failed: { origin: name, failure } };
        throw failure;
      }
    }),
  );
}

function isAnswer(installed: GoVersion | undefined, request: ReleaseRequest): boolean {
  if (installed === undefined) return false;
  return request.kind === "latest" || (request.kind === "line" && languageOf(installed) === request.line);
}

function describeRequest(request: ReleaseRequest): string {
  return request.kind === "exact" ? request.version : request.kind === "line" ? request.line : "the newest release";
}
