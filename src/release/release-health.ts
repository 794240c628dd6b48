import { type Advisory, type AdvisoryList, findAdvisories, loadAdvisories } from "./advisories.ts";
import { type Catalogue, loadManifest } from "./catalogue.ts";
import { compareGoVersions, type GoLanguage, type GoVersion, isStable, languageOf } from "./go-version.ts";

/** What is known against a release. */
export interface ReleaseHealth {
  readonly version: GoVersion;
  /** The publisher mends the two newest lines; a candidate of a newer one is no release yet, and not out of support. */
  readonly isSupported: boolean;
  /** Newest first. */
  readonly supportedLines: readonly GoLanguage[];
  /** The newest stable release of the same line, where that is a newer one. */
  readonly newerPatch: GoVersion | undefined;
  /** The newest stable release of all. */
  readonly newest: GoVersion | undefined;
  readonly advisories: readonly Advisory[];
  /**
   * Where to go: the nearest supported release without known vulnerabilities, of the same line where there is one.
   * Undefined where this one is as good.
   */
  readonly better: GoVersion | undefined;
}

const supportedLineCount = 2;

export type ReleaseJudge = (version: GoVersion) => ReleaseHealth;

/** Judges any number of releases by one catalogue. */
export function createReleaseJudge(catalogue: Catalogue, list: Pick<AdvisoryList, "advisories">): ReleaseJudge {
  const stable = catalogue
    .map(({ version }) => version)
    .filter(isStable)
    .toSorted((a, b) => compareGoVersions(b, a));
  const newestOf = new Map<GoLanguage, GoVersion>();
  for (const version of stable.toReversed()) newestOf.set(languageOf(version), version);
  const supportedLines = [...new Set(stable.map(languageOf))].slice(0, supportedLineCount);
  const oldestSupported = supportedLines.at(-1);
  const ways = supportedLines
    .toReversed()
    .flatMap((line) => newestOf.get(line) ?? [])
    .filter((version) => findAdvisories(list, version).length === 0);
  return (version) => {
    const line = languageOf(version);
    const ofLine = newestOf.get(line);
    const isSupported = oldestSupported === undefined || compareGoVersions(line, oldestSupported) >= 0;
    const advisories = findAdvisories(list, version);
    const isGood = isSupported && advisories.length === 0;
    const isBetter = (each: GoVersion): boolean => compareGoVersions(each, version) > 0;
    return {
      version,
      isSupported,
      supportedLines,
      newerPatch: ofLine !== undefined && isBetter(ofLine) ? ofLine : undefined,
      newest: stable[0],
      advisories,
      // Oldest line first: those before the release's own line are no newer than it is.
      better: isGood ? undefined : ways.find(isBetter),
    };
  };
}

/** By what readygo carries; asks nobody. */
export async function loadReleaseHealth(): Promise<ReleaseJudge> {
  const [catalogue, list] = await Promise.all([loadManifest(), loadAdvisories()]);
  return createReleaseJudge(catalogue, list);
}

const mostNamed = 3;

/** `4 known vulnerabilities (GO-2026-6218, GO-2026-6180, GO-2026-6179 and 1 more)`; undefined for none. */
export function describeVulnerabilities({ advisories }: Pick<ReleaseHealth, "advisories">): string | undefined {
  if (advisories.length === 0) return undefined;
  const named = advisories.slice(0, mostNamed).map(({ id }) => id);
  const rest = advisories.length - named.length;
  const count = advisories.length === 1 ? "one known vulnerability" : `${advisories.length} known vulnerabilities`;
  return `${count} (${named.join(", ")}${rest === 0 ? "" : ` and ${rest} more`})`;
}

/** One line for whoever installs, plans or verifies a release; undefined where nothing is known against it. */
export function describeHealth(health: ReleaseHealth): string | undefined {
  const { version, isSupported, better } = health;
  const vulnerabilities = describeVulnerabilities(health);
  const against = [
    ...(isSupported ? [] : ["is out of support"]),
    ...(vulnerabilities === undefined ? [] : [`has ${vulnerabilities}`]),
  ];
  if (against.length === 0) return undefined;
  const way =
    better === undefined ? "" : `; ${better} ${vulnerabilities === undefined ? "is supported" : "has none of them"}`;
  return `${version} ${against.join(" and ")}${way}`;
}
