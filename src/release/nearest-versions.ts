import type { Catalogue } from "./catalogue.ts";
import { compareGoVersions, type GoLanguage, type GoVersion, isStable, languageOf } from "./go-version.ts";

/**
 * The at most `count` existing versions nearest to one that does not exist, nearest first: those of its own line by the
 * distance of their last number, then the newest of each other line, from the nearest line on. Candidates are offered
 * only to who asked for one, or of the line that was asked for where it has nothing else.
 */
export function nearestVersions(
  wanted: GoVersion | GoLanguage,
  catalogue: Catalogue,
  count: number,
): readonly GoVersion[] {
  const { line, last, isCandidate } = describe(wanted);
  const versions = catalogue.map((release) => release.version).sort((a, b) => compareGoVersions(b, a));
  const onLine = versions.filter((version) => languageOf(version) === line);
  const ownLine = onLine
    .filter((version) => isCandidate || isStable(version) || !onLine.some(isStable))
    .sort(
      (a, b) =>
        Number(isStable(a) === isCandidate) - Number(isStable(b) === isCandidate) ||
        Math.abs(describe(a).last - last) - Math.abs(describe(b).last - last),
    );
  const others = versions.filter((version) => languageOf(version) !== line && (isCandidate || isStable(version)));
  const otherLines = others
    .filter((version, position) => others.findIndex((other) => languageOf(other) === languageOf(version)) === position)
    .sort((a, b) => lineDistance(a, line) - lineDistance(b, line));
  return [...ownLine, ...otherLines].slice(0, count);
}

/** Lines of another major version are all equally far, so that the newest come first. */
function lineDistance(version: GoVersion, line: string): number {
  const [major = 0, minor = 0] = languageOf(version).split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = line.split(".").map(Number);
  return major === wantedMajor ? Math.abs(minor - wantedMinor) : Number.MAX_SAFE_INTEGER;
}

function describe(version: GoVersion | GoLanguage): {
  readonly line: string;
  readonly last: number;
  readonly isCandidate: boolean;
} {
  const [, line = "", last = "0"] = /^(?:go)?(\d+\.\d+)(?:\D+(\d+))?$/.exec(version) ?? [];
  return { line, last: Number(last), isCandidate: /rc|beta/.test(version) };
}
