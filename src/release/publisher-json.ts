import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { type Architecture, parseArchitecture } from "./architecture.ts";
import { archiveFileName } from "./archive-name.ts";
import { type GoVersion, isStable, parseGoVersion } from "./go-version.ts";
import type { ArchiveStatement, CatalogueOrigin, Release, ReleaseArchive } from "./release.ts";
import { parseSha256 } from "./sha256.ts";

/** Whose statement it is, and the URL that a failure names. */
export interface PublisherJsonSource {
  readonly origin: CatalogueOrigin;
  readonly url: string;
}

/**
 * Parses the publisher's `dl/?mode=json&include=all` (golang/website, internal/dl). Unknown fields, other systems, and
 * versions outside Go's own grammar (`go1`, `go1.9.2rc2`) are left out; an empty hash is no hash. Throws RequestFailure
 * `content` for anything that has not this shape: go.dev answers a mistyped path with a page and status 200.
 */
export function parsePublisherJson(text: string, source: PublisherJsonSource): readonly Release[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrongShape(source, text.trimStart().startsWith("<") ? "a web page instead of JSON" : "not JSON", cause);
  }
  return parsePublisherEntries(value, source);
}

/** The same for JSON that has been parsed. */
export function parsePublisherEntries(value: unknown, source: PublisherJsonSource): readonly Release[] {
  if (!Array.isArray(value)) throw wrongShape(source, "not a list of releases");
  return value.flatMap((entry: unknown, position) => {
    if (!isRecord(entry) || typeof entry["version"] !== "string" || !Array.isArray(entry["files"])) {
      throw wrongShape(source, `entry ${position + 1} is not a release`);
    }
    const version = parseGoVersion(entry["version"]);
    if (version === undefined) return [];
    const archives: Partial<Record<Architecture, ReleaseArchive>> = {};
    for (const file of entry["files"] as readonly unknown[]) {
      const parsed = parseFile(file, version, source);
      if (parsed !== undefined) archives[parsed.architecture] = parsed.archive;
    }
    return [{ version, isStable: entry["stable"] !== false && isStable(version), archives, knownBy: [source.origin] }];
  });
}

function parseFile(
  file: unknown,
  version: GoVersion,
  source: PublisherJsonSource,
): { readonly architecture: Architecture; readonly archive: ReleaseArchive } | undefined {
  if (!isRecord(file)) throw wrongShape(source, `a file of ${version} is not an object`);
  const architecture = typeof file["arch"] === "string" ? parseArchitecture(file["arch"]) : undefined;
  if (file["os"] !== "linux" || file["kind"] !== "archive" || architecture === undefined) return undefined;
  const fileName = archiveFileName(version, architecture);
  if (file["filename"] !== fileName) throw wrongShape(source, `${version} names a file that is not ${fileName}`);
  return { architecture, archive: { fileName, statements: [parseStatement(file, fileName, source)] } };
}

function parseStatement(
  file: Readonly<Record<string, unknown>>,
  fileName: string,
  source: PublisherJsonSource,
): ArchiveStatement {
  const given = file["sha256"] ?? "";
  const sha256 = typeof given === "string" ? parseSha256(given) : undefined;
  if (given !== "" && sha256 === undefined) throw wrongShape(source, `the sha256 of ${fileName} is not one`);
  const size = file["size"];
  const isKnownSize = typeof size === "number" && Number.isSafeInteger(size) && size > 0;
  return {
    by: source.origin,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(isKnownSize ? { size } : {}),
    ...(source.origin === "manifest" ? parseModulePin(file, fileName, source) : {}),
  };
}

/** What the pinned manifest adds to the publisher's shape; from the publisher itself it would be no root of its own. */
function parseModulePin(
  file: Readonly<Record<string, unknown>>,
  fileName: string,
  source: PublisherJsonSource,
): Pick<ArchiveStatement, "h1" | "logRecord"> {
  const { h1, logRecord } = file;
  if (h1 === undefined) return {};
  const isRecordNumber = typeof logRecord === "number" && Number.isSafeInteger(logRecord) && logRecord >= 0;
  if (typeof h1 !== "string" || !/^h1:[A-Za-z0-9+/]{43}=$/.test(h1) || !isRecordNumber)
    throw wrongShape(source, `the h1 of ${fileName} is not one`);
  return { h1, logRecord };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongShape(source: PublisherJsonSource, what: string, cause?: unknown): RequestFailure {
  return new RequestFailure("content", redactUrl(source.url), what, { cause });
}
