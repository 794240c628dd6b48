import type { GoVersion } from "./go-version.ts";

/**
 * Compares a release with a version as the vulnerability database writes Go's: `1.27.0-rc.3` is go1.27rc3, `1.26.0-0` comes
 * before every candidate of 1.26, and `0` before everything.
 */
export function compareWithSemver(version: GoVersion, semver: string): number {
  const [a, b] = [keyOfVersion(version), keyOfSemver(semver)];
  for (const [at, part] of a.entries()) {
    const difference = part - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const kinds: Readonly<Record<string, number>> = { beta: 1, rc: 2 };
const released = 3;

/** major, minor, patch, kind, number of the candidate. */
type Key = readonly [number, number, number, number, number];

function keyOfVersion(version: GoVersion): Key {
  const [, major, minor, patch, kind, pre] = /^go(\d+)\.(\d+)(?:\.(\d+)|(beta|rc)(\d+))?$/.exec(version) ?? [];
  const rank = kind === undefined ? released : (kinds[kind] ?? released);
  return [Number(major), Number(minor), Number(patch ?? 0), rank, Number(pre ?? 0)];
}

function keyOfSemver(semver: string): Key {
  const [, major, minor, patch, pre] = /^(\d+)(?:\.(\d+)\.(\d+)(?:-(.+))?)?$/.exec(semver) ?? [];
  const [kind, number] = pre?.split(".") ?? [];
  const rank = pre === undefined ? released : (kinds[kind ?? ""] ?? 0);
  return [Number(major), Number(minor ?? 0), Number(patch ?? 0), rank, Number(number ?? 0)];
}
