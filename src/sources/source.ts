import { posix } from "node:path";

import { nearestWords } from "../errors/nearest-words.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { type AbsolutePath, absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import { appendPath, type GoproxyList, parseGoproxyList } from "./goproxy-list.ts";
import { findKnownSource, type KnownSource, listKnownSources, sourceName, urlsOfSource } from "./known-sources.ts";

/**
 * Who named the module proxy: `go.env` is the account, by `go env -w`; `installed` the go.env that a Go on this host came
 * with, which nobody has chosen for it.
 */
export type GoproxyOrigin = "flag" | "config" | "environment" | "go.env" | "installed" | "built-in";

/** The publisher's own hosts, as sources.ini names them. */
export type PublisherName = "publisher" | "publisher-china";

/** Where archives come from, ready to be tried. */
export type Source =
  | { readonly kind: "publisher"; readonly name: PublisherName }
  | { readonly kind: "base-url"; readonly url: string }
  | { readonly kind: "goproxy"; readonly list: GoproxyList; readonly origin: GoproxyOrigin }
  | { readonly kind: "directory"; readonly path: AbsolutePath }
  | { readonly kind: "file"; readonly path: AbsolutePath };

/** A source as it was written: a bare `goproxy` leaves open which one. */
export type SourceRequest =
  | Exclude<Source, { readonly kind: "goproxy" }>
  | { readonly kind: "goproxy"; readonly list?: GoproxyList };

/**
 * Parses a value of --source, or one word of readygo.ini's `order`: a name of manifests/sources.ini, `goproxy=LIST`, an
 * http(s) URL of a directory that has the publisher's file names, or a path: of a file where it ends in .tar.gz or .zip,
 * else of a directory; relative ones start at `cwd`. A bare word is always a name: a directory beside the caller is
 * written `./NAME`. Plain http is let through: what arrives is held against a hash in any case.
 * Throws ProvisionError `source-invalid`, for an unknown name with the nearest ones.
 */
export function parseSource(text: string, cwd: AbsolutePath): SourceRequest {
  if (sourceName.test(text)) return parseKnownName(text);
  if (text.startsWith("goproxy=")) return { kind: "goproxy", list: parseGoproxyList(text.slice("goproxy=".length)) };
  if (/^https?:/i.test(text)) return { kind: "base-url", url: parseBaseUrl(text) };
  const path = parsePath(text, cwd);
  return { kind: isArchiveName(path) ? "file" : "directory", path };
}

/** The GOPROXY lists a host may name, by who names them; empty and absent ones count as not named. */
export type GoproxySettings = Readonly<Partial<Record<Exclude<GoproxyOrigin, "built-in">, string>>>;

/**
 * The first that is set, in this order: flag, config, environment, the account's go/env, an installed Go's go.env; else the
 * publisher's module origin.
 */
export function chooseGoproxy(settings: GoproxySettings): Extract<Source, { readonly kind: "goproxy" }> {
  for (const origin of ["flag", "config", "environment", "go.env", "installed"] as const) {
    const text = settings[origin];
    if (text !== undefined && text !== "") return { kind: "goproxy", list: parseGoproxyList(text), origin };
  }
  return { kind: "goproxy", list: parseGoproxyList(moduleOrigin()), origin: "built-in" };
}

/** The URLs of a file of the publisher's, in the order to try them. */
export function archiveUrls(
  source: Extract<Source, { readonly kind: "publisher" | "base-url" }>,
  fileName: string,
): readonly [string, ...string[]] {
  if (source.kind === "base-url") return [appendPath(source.url, fileName)];
  const [first, ...others] = urlsOfSource(source.name);
  return [appendPath(first, fileName), ...others.map((url) => appendPath(url, fileName))];
}

/** Whether somebody has named this module proxy for this host, or none is named. */
export function isChosenProxy({ origin }: Extract<Source, { readonly kind: "goproxy" }>): boolean {
  return origin !== "installed" && origin !== "built-in";
}

/** The publisher's own module origin: where GOPROXY's `direct` leads for this module. */
export function moduleOrigin(): string {
  return urlsOfSource("publisher-modules")[0];
}

/** What a named source is tried as. */
function sourceOf(known: KnownSource): SourceRequest {
  const [url] = known.urls;
  if (known.kind === "publisher")
    return { kind: "publisher", name: known.name === "publisher-china" ? "publisher-china" : "publisher" };
  if (known.kind === "mirror" && url !== undefined) return { kind: "base-url", url };
  return url === undefined ? { kind: "goproxy" } : { kind: "goproxy", list: parseGoproxyList(url) };
}

function parseKnownName(name: string): SourceRequest {
  const known = findKnownSource(name);
  if (known !== undefined) return sourceOf(known);
  const names = listKnownSources().map((source) => source.name);
  const nearest = nearestWords(name, names, 3);
  throw new ProvisionError("source-invalid", `no source has the name ${name}`, {
    details: { given: name, ...(nearest.length === 0 ? { known: names.join(", ") } : { nearest: nearest.join(", ") }) },
    remedy: [
      ...nearest.map((near) => `readygo install --source ${near}`),
      `readygo install --source ./${name}  if a directory of that name is meant`,
      "readygo sources --all",
    ],
  });
}

function parseBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hash !== "") throw invalid("not a URL that archives can be under", text);
  if (isArchiveName(url.pathname)) {
    const directory = new URL(".", url).href;
    throw invalid("the URL of an archive; --source takes the directory it is in", text, [
      `readygo install VERSION --source ${redactUrl(directory)}`,
    ]);
  }
  return text.replace(/\/+(?=\?|$)/, "");
}

function parsePath(text: string, cwd: AbsolutePath): AbsolutePath {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw invalid("only http and https URLs can be a source", text);
  if (text === "" || text.includes("\0")) throw invalid("an empty path", text);
  return parseAbsolutePath(text) ?? absolutePath(posix.join(cwd, text));
}

function isArchiveName(path: string): boolean {
  return path.endsWith(".tar.gz") || path.endsWith(".zip");
}

function invalid(summary: string, text: string, remedy?: readonly string[]): ProvisionError {
  const details = { given: redactUrl(text) };
  return new ProvisionError("source-invalid", `${summary}: ${redactUrl(text)}`, {
    details,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
