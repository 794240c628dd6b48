declare const releaseBrand: unique symbol;
declare const languageBrand: unique symbol;

/** A release as the publisher spells it: `go1.26.8`, `go1.28rc1`, `go1.21.0`, `go1.20` (the first of a line before 1.21). */
export type GoVersion = string & { readonly [releaseBrand]: "GoVersion" };

/** What a `go` line of go.mod says of the language, and the name of a line of releases: `1.26`. */
export type GoLanguage = string & { readonly [languageBrand]: "GoLanguage" };

interface VersionParts {
  readonly major: string;
  readonly minor: string;
  /** Empty for a language version since 1.21 and for release candidates and betas. */
  readonly patch: string;
  readonly kind: string;
  readonly pre: string;
}

const number = "(0|[1-9][0-9]*)";
const grammar = new RegExp(`^([1-9][0-9]*)\\.${number}(?:\\.${number}|([a-z]+)${number})?$`);

/**
 * Parses an exact release, with or without the prefix `go`, by the grammar of Go's own internal/gover: numbers without
 * leading zeros, no candidates of patch releases. `1.20.0` is the release that is published as `go1.20`; `1.21` and
 * later without a patch number are language versions, so `undefined`; before 1.21, `1.20` is a release.
 */
export function parseGoVersion(text: string): GoVersion | undefined {
  const parts = parseParts(text);
  if (parts === undefined) return undefined;
  const line = `go${parts.major}.${parts.minor}`;
  if (parts.kind !== "") {
    const isPublishedKind = parts.kind === "rc" || parts.kind === "beta";
    return isPublishedKind ? (`${line}${parts.kind}${parts.pre}` as GoVersion) : undefined;
  }
  if (parts.patch === "") return undefined;
  return (hasPlainFirstRelease(parts) && parts.patch === "0" ? line : `${line}.${parts.patch}`) as GoVersion;
}

/** Parses `1.27` or `go1.27`: a line of releases, whatever the line (`1.20`, a release too, is read as the line). */
export function parseGoLanguage(text: string): GoLanguage | undefined {
  const bare = text.replace(/^go/, "");
  return new RegExp(`^[1-9][0-9]*\\.${number}$`).test(bare) ? (bare as GoLanguage) : undefined;
}

/** Negative, zero or positive, in Go's own order: 1.21 < 1.21rc1 < 1.21.0, and before 1.21: 1.20rc1 < 1.20 < 1.20.1. */
export function compareGoVersions(a: GoVersion | GoLanguage, b: GoVersion | GoLanguage): number {
  const left = wellFormedParts(a);
  const right = wellFormedParts(b);
  return (
    compareDecimals(left.major, right.major) ||
    compareDecimals(left.minor, right.minor) ||
    compareDecimals(left.patch, right.patch) ||
    (left.kind === right.kind ? 0 : left.kind < right.kind ? -1 : 1) ||
    compareDecimals(left.pre, right.pre)
  );
}

/** Whether a release is of an older line than the one that is named; candidates of that line are not. */
export function isBefore(version: GoVersion | GoLanguage, line: GoLanguage): boolean {
  return compareGoVersions(languageOf(version), line) < 0;
}

/** False for release candidates and betas. */
export function isStable(version: GoVersion): boolean {
  return wellFormedParts(version).kind === "";
}

/** The line that a release belongs to: `1.26` of `go1.26.8` and of `go1.26rc1`. */
export function languageOf(version: GoVersion | GoLanguage): GoLanguage {
  const { major, minor } = wellFormedParts(version);
  return `${major}.${minor}` as GoLanguage;
}

function parseParts(text: string): VersionParts | undefined {
  const match = grammar.exec(text.replace(/^go/, ""));
  if (match === null) return undefined;
  const [, major = "", minor = "", patch = "", kind = "", pre = ""] = match;
  const isFirstRelease = patch === "" && kind === "" && hasPlainFirstRelease({ major, minor });
  return { major, minor, patch: isFirstRelease ? "0" : patch, kind, pre };
}

function wellFormedParts(version: GoVersion | GoLanguage): VersionParts {
  const parts = parseParts(version);
  if (parts === undefined) throw new Error(`not a Go version: ${version}`);
  return parts;
}

function hasPlainFirstRelease({ major, minor }: Pick<VersionParts, "major" | "minor">): boolean {
  return major === "1" && compareDecimals(minor, "21") < 0;
}

/** Decimal digits without leading zeros, of any length; an absent number comes first. */
function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}
