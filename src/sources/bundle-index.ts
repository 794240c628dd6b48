import { isWholeJson } from "../fetch/http/whole-texts.ts";
import type { ReadText } from "./open-readers.ts";
import { type Architecture, parseArchitecture } from "../release/architecture.ts";
import { archivePlaces } from "../release/archive-name.ts";
import { type GoVersion, parseGoVersion } from "../release/go-version.ts";
import { appendPath } from "./goproxy-list.ts";
import { RequestFailure } from "../errors/request-failure.ts";

/** One release of a bundle, and the trust roots that proved it where the bundle was made. */
export interface BundledRelease {
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** Below the bundle. */
  readonly file: string;
  readonly kind: "tar.gz" | "zip";
  readonly sha256: string;
  readonly size: number;
  readonly trust: readonly string[];
  /** Where the bytes came from; redacted. */
  readonly from: string;
}

/** `bundle.json`. It says what is there; it proves nothing: who installs from a bundle checks everything anew. */
interface BundleIndex {
  readonly format: 1;
  /** `readygo/0.1.0`. */
  readonly createdBy: string;
  /** The program that is in the bundle, below it; null where there is none. */
  readonly program: string | null;
  readonly releases: readonly BundledRelease[];
}

export const bundleIndexName = "bundle.json";

const indexBound = { maxBytes: 1024 * 1024, timeoutMs: 5_000, isWhole: isWholeJson };

/** The index of a bundle that lies under a URL; `undefined` where none can be had there, for whatever reason. */
export async function readBundleIndex(url: string, readText: ReadText): Promise<BundleIndex | undefined> {
  try {
    return parseBundleIndex(await readText(appendPath(url, bundleIndexName), indexBound));
  } catch (error) {
    if (error instanceof RequestFailure) return undefined;
    throw error;
  }
}

export function formatBundleIndex(index: BundleIndex): string {
  return `${JSON.stringify(index, null, 1)}\n`;
}

/** `undefined` for anything that is no index of this format; a release whose file is not where it belongs is left out. */
export function parseBundleIndex(text: string): BundleIndex | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { format, createdBy, program, releases } = value as Partial<Record<keyof BundleIndex, unknown>>;
  if (format !== 1 || typeof createdBy !== "string" || !Array.isArray(releases)) return undefined;
  return {
    format,
    createdBy,
    program: typeof program === "string" ? program : null,
    releases: releases.flatMap((release: unknown) => parseRelease(release) ?? []),
  };
}

function parseRelease(value: unknown): BundledRelease | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Partial<Record<keyof BundledRelease, unknown>>;
  const { file, sha256, size, trust, from } = fields;
  const version = typeof fields.version === "string" ? parseGoVersion(fields.version) : undefined;
  const architecture = typeof fields.architecture === "string" ? parseArchitecture(fields.architecture) : undefined;
  if (version === undefined || architecture === undefined || typeof file !== "string") return undefined;
  if (typeof sha256 !== "string" || typeof size !== "number" || typeof from !== "string") return undefined;
  if (!archivePlaces(version, architecture).includes(file)) return undefined;
  const roots = Array.isArray(trust) ? trust.filter((root) => typeof root === "string") : [];
  return {
    version,
    architecture,
    file,
    kind: file.endsWith(".zip") ? "zip" : "tar.gz",
    sha256,
    size,
    trust: roots,
    from,
  };
}
