import { ProvisionError } from "../errors/provision-error.ts";
import { type GoLanguage, type GoVersion, parseGoLanguage, parseGoVersion } from "./go-version.ts";

/** Which release was asked for, by what can be chosen from a catalogue. */
export type ReleaseRequest =
  | { readonly kind: "latest" }
  | { readonly kind: "line"; readonly line: GoLanguage }
  | { readonly kind: "exact"; readonly version: GoVersion };

/** VERSION as it was written: a release, or a file that names one. `path` is as given: relative to the caller's directory. */
export type VersionRequest = ReleaseRequest | { readonly kind: "file"; readonly path: string };

const versionFileNames = new Set(["go.mod", "go.work", ".go-version", ".tool-versions"]);

/**
 * Parses VERSION: `latest`, `1.27` (the newest of that line), `1.27.4`, `go1.27.4`, `1.28rc1`, or a version file's path
 * (whatever holds a slash, or is named like one). `1.20` is a line like every other `1.N`, though a release had that
 * name before 1.21; that release is `1.20.0` here. Throws ProvisionError `version-invalid` with the nearest reading.
 */
export function parseVersionRequest(text: string): VersionRequest {
  if (text.includes("/") || versionFileNames.has(text)) return { kind: "file", path: text };
  const request = parseReleaseRequest(text);
  if (request !== undefined) return request;
  const reading = nearestReading(text);
  throw new ProvisionError("version-invalid", `${JSON.stringify(text)} is not a Go version`, {
    details: { given: text, expected: "latest, 1.27, 1.27.4, go1.27.4, 1.28rc1, or the path of a version file" },
    ...(reading === undefined ? {} : { remedy: [`readygo install ${reading}`, "readygo list"] }),
  });
}

/** The same grammar without paths; `undefined` where the text is none of it. */
export function parseReleaseRequest(text: string): ReleaseRequest | undefined {
  if (text === "latest") return { kind: "latest" };
  const line = parseGoLanguage(text);
  if (line !== undefined) return { kind: "line", line };
  const version = parseGoVersion(text);
  return version === undefined ? undefined : { kind: "exact", version };
}

/** What the writer most likely meant, spelled as VERSION: `1.27.4` for `v1.27.4` and `1.27.04`, `1.27` for `1.27.x`. */
export function nearestReading(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  if (/^(newest|stable|current|lts|1|1\.[x*]|x|\*|lat[a-z]*)$/.test(word)) return "latest";
  const found = /(\d+)\.(\d+)(?:\.(\d+|[x*]))?(?:[-.]?(rc|beta)[-.]?(\d+))?/.exec(word);
  if (found === null) return undefined;
  const [, major = "", minor = "", patch, kind, pre = ""] = found;
  const line = `${plain(major)}.${plain(minor)}`;
  if (kind !== undefined && (patch === undefined || Number(patch) === 0))
    return readable(`${line}${kind}${plain(pre)}`);
  const isWildcard = patch === undefined || patch === "x" || patch === "*";
  return readable(isWildcard ? line : `${line}.${plain(patch)}`);
}

function plain(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}

function readable(candidate: string): string | undefined {
  return parseReleaseRequest(candidate) === undefined ? undefined : candidate;
}
