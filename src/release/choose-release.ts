import { ProvisionError } from "../errors/provision-error.ts";
import type { Architecture } from "./architecture.ts";
import type { Catalogue } from "./catalogue.ts";
import { compareGoVersions, type GoVersion, isStable, languageOf } from "./go-version.ts";
import { nearestVersions } from "./nearest-versions.ts";
import type { Release } from "./release.ts";
import type { ReleaseRequest } from "./release-request.ts";

export interface ChooseOptions {
  readonly architecture: Architecture;
  /** What is installed now: `latest` and a line never go below it, whatever part of the catalogue could be reached. */
  readonly installed?: GoVersion;
}

/**
 * The release that a request means, among those with an archive for this architecture:
 *
 * - latest: the newest stable one
 * - line: the newest stable one of the line, or its newest candidate while there is none
 * - exact: that one
 *
 * An installed release that no catalogue knows comes back with no archives and known by nobody.
 * Throws ProvisionError `version-unknown` with the nearest releases that exist.
 */
export function chooseRelease(request: ReleaseRequest, catalogue: Catalogue, options: ChooseOptions): Release {
  const available = catalogue.filter((release) => release.archives[options.architecture] !== undefined);
  return (
    findRelease(request, available, catalogue, options.installed) ?? fail(request, available, options.architecture)
  );
}

function findRelease(
  request: ReleaseRequest,
  available: Catalogue,
  catalogue: Catalogue,
  installed: GoVersion | undefined,
): Release | undefined {
  if (request.kind === "exact") return available.find((release) => release.version === request.version);
  if (request.kind === "latest") {
    return notBelow(installed, newestOf(available.filter((release) => release.isStable)), catalogue);
  }
  const ofLine = available.filter((release) => languageOf(release.version) === request.line);
  const newest = newestOf(ofLine.filter((release) => release.isStable)) ?? newestOf(ofLine);
  const isOnLine = installed !== undefined && languageOf(installed) === request.line;
  return isOnLine ? notBelow(installed, newest, catalogue) : newest;
}

function newestOf(releases: readonly Release[]): Release | undefined {
  return releases.toSorted((a, b) => compareGoVersions(b.version, a.version))[0];
}

function notBelow(
  installed: GoVersion | undefined,
  newest: Release | undefined,
  catalogue: Catalogue,
): Release | undefined {
  if (installed === undefined) return newest;
  if (newest !== undefined && compareGoVersions(newest.version, installed) >= 0) return newest;
  return (
    catalogue.find((release) => release.version === installed) ?? {
      version: installed,
      isStable: isStable(installed),
      archives: {},
      knownBy: [],
    }
  );
}

function fail(request: ReleaseRequest, available: Catalogue, architecture: Architecture): never {
  const wanted = request.kind === "line" ? request.line : request.kind === "exact" ? request.version : undefined;
  const what = wanted === undefined ? "stable release" : `release ${wanted.replace(/^(go)?/, "go")}`;
  const nearest = wanted === undefined ? [] : nearestVersions(wanted, available, 3);
  throw new ProvisionError("version-unknown", `there is no ${what} for linux-${architecture}`, {
    ...(nearest.length === 0 ? {} : { details: { nearest: nearest.join(", ") } }),
    remedy: [...nearest.map((version) => `readygo install ${spell(version)}`), "readygo list"],
  });
}

/** `1.20` as VERSION means the line; its first release is asked for as `1.20.0`. */
function spell(version: GoVersion): string {
  const bare = version.slice(2);
  return bare === languageOf(version) ? `${bare}.0` : bare;
}
