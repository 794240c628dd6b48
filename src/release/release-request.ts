import { type GoLanguage, type GoVersion, parseGoLanguage, parseGoVersion } from "./go-version.ts";

/** Which release was asked for, by what can be chosen from a catalogue. */
export type ReleaseRequest =
  | { readonly kind: "latest" }
  | { readonly kind: "line"; readonly line: GoLanguage }
  | { readonly kind: "exact"; readonly version: GoVersion };

/** `latest`, a line or a release; `undefined` where the text is none of it. */
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
