import { parse as parseJsonc, type ParseError } from "jsonc-parser";
import type { ReleaseRequest } from "../release-request.ts";
import { contentLines, parseWord, versionFileError } from "./version-word.ts";

/**
 * `Dockerfile`, `Containerfile`: what the `FROM golang:TAG` lines name, with an `ARG`'s default in the place of its name. A tag is a
 * version and the system that the image is made of (`1.27.4-bookworm`); one without a version is refused.
 */
export function parseDockerfile(fileName: string, text: string): ReleaseRequest {
  const defaults = new Map<string, string>();
  const tags = new Set<string>();
  for (const line of contentLines(text.replaceAll(/\\\r?\n/g, " "), "#")) {
    const [, name, value] = /^ARG\s+(\w+)=["']?([^"'\s]*)["']?/i.exec(line) ?? [];
    if (name !== undefined && value !== undefined) defaults.set(name, value);
    const [, image] = /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(line) ?? [];
    const named = image?.replaceAll(/\$\{?(\w+)(?::-([^}]*))?\}?/g, (whole, variable: string, fallback?: string) => defaults.get(variable) ?? fallback ?? whole); // prettier-ignore
    const tag = /(?:^|\/)golang:([^@\s]+)/.exec(named ?? "")?.[1];
    if (tag !== undefined) tags.add(tag);
  }
  const versions = new Set([...tags].map((tag) => tag.replace(/-.*/, "")));
  const [first, second] = versions;
  if (second !== undefined) {
    const found = [...tags].join(", ");
    throw versionFileError(fileName, `${fileName} is made from several versions of Go: ${found}`, { found });
  }
  return parseWord(fileName, first, [...tags][0]);
}

/** `devcontainer.json`: the version of the feature `go`, else the tag of the image `go`. */
export function parseDevcontainer(fileName: string, text: string): ReleaseRequest {
  const errors: ParseError[] = [];
  const document: unknown = parseJsonc(text.replace(/^\uFEFF/, ""), errors, { allowTrailingComma: true });
  if (errors.length > 0 || !isObject(document))
    throw versionFileError(fileName, `${fileName} is not JSON with comments`);
  const { features, image } = document;
  const feature = isObject(features)
    ? Object.entries(features).find(([name]) => /\/go:[^/]*$/.test(name))?.[1]
    : undefined;
  if (feature !== undefined) {
    const version = isObject(feature) ? (feature["version"] ?? "latest") : feature;
    return parseWord(fileName, typeof version === "string" ? version : JSON.stringify(version));
  }
  const tag = typeof image === "string" ? /\/go(?:lang)?:([^@\s]+)/.exec(image)?.[1] : undefined;
  // Tags of that image begin with the image's own version: `1-1.27-bookworm`.
  return parseWord(fileName, tag?.replace(/^(?:dev-)?\d+-(?=\d+\.\d)/, "").replace(/-.*/, ""), tag);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
