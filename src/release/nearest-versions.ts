import type { Catalogue } from "./catalogue.ts";
import { compareGoVersions, type GoLanguage, type GoVersion, isStable, languageOf } from "./go-version.ts";

/**
 * The at most `count` existing versions nearest to one that does not exist, nearest first: those of its own line by the
 * distance of their last number, then the newest of each other line, from the line nearest by. Candidates are
 * offered only to whoever asked for one, or where their line has nothing else.
 */
export function nearestVersions(
  wanted: GoVersion | GoLanguage,
  catalogue: Catalogue,
  count: number,
): readonly GoVersion[] {
  const { line, last, isCandidate } = describe(wanted);
  const versions = catalogue.map((release) => release.version);
  const ownLine = versions
    .filter((version) => languageOf(version) === line && (isCandidate || isStable(version)))
    .sort((a, b) => {
      const [left, right] = [describe(a), describe(b)];
      return (
        Number(left.isCandidate !== isCandidate) - Number(right.isCandidate !== isCandidate) ||
        Math.abs(left.last - last) - Math.abs(right.last - last) ||
        compareGoVersions(b, a)
      );
    });
  const otherLines = newestOfEachLine(versions)
    .filter((version) => languageOf(version) !== line || ownLine.length === 0)
    .sort((a, b) => lineDistance(a, line) - lineDistance(b, line) || compareGoVersions(b, a));
  return [...ownLine, ...otherLines].slice(0, count);
}

function newestOfEachLine(versions: readonly GoVersion[]): GoVersion[] {
  const newest = new Map<GoLanguage, GoVersion>();
  const stableFirst = versions.toSorted((a, b) => Number(isStable(b)) - Number(isStable(a)) || compareGoVersions(b, a));
  for (const version of stableFirst) {
    const line = languageOf(version);
    if (!newest.has(line)) newest.set(line, version);
  }
  return [...newest.values()];
}

function lineDistance(version: GoVersion, line: string): number {
  const [major = 0, minor = 0] = languageOf(version).split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = line.split(".").map(Number);
  return Math.abs(major - wantedMajor) * 1000 + Math.abs(minor - wantedMinor);
}

function describe(version: GoVersion | GoLanguage): {
  readonly line: string;
  readonly last: number;
  readonly isCandidate: boolean;
} {
  const [, line = "", last = "0"] = /^(?:go)?(\d+\.\d+)(?:\D+(\d+))?$/.exec(version) ?? [];
  return { line, last: Number(last), isCandidate: /rc|beta/.test(version) };
}
