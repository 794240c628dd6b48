import { parseArchitecture, type Architecture } from "../../src/release/architecture.ts";
import { toolchainModuleVersion } from "../../src/release/archive-name.ts";
import { parseGoVersion, type GoVersion } from "../../src/release/go-version.ts";
import type { ChecksumRecord } from "../../src/trust/sumdb/checksum-record.ts";
import { type Pins, placeFile } from "./pins.ts";

/** What one root says of one archive. */
export interface Statement {
  readonly root: string;
  readonly version: GoVersion;
  readonly arch: Architecture;
  readonly sha256?: string;
  readonly size?: number;
  readonly record?: ChecksumRecord;
  /** Of an archive's own content: a check of `sha256` against the log, and no pin of its own. */
  readonly h1?: string;
}

/**
 * Adds what is stated to the pins. A pin is never changed, and none is lost: what differs from one, or from another
 * statement, comes back as a line of text, and the pins are then not to be written.
 */
export function mergeStatements(pins: Pins, statements: readonly Statement[]): readonly string[] {
  const contradictions: string[] = [];
  const agree = <Value extends string | number>(
    what: string,
    pinned: Value | undefined,
    stated: Value | undefined,
    root: string,
  ): Value | undefined => {
    if (pinned !== undefined && stated !== undefined && pinned !== stated)
      contradictions.push(`${what}: ${root} states ${stated}, pinned is ${pinned}`);
    return pinned ?? stated;
  };
  // The log first, so that the content of an archive finds its h1 pinned.
  const inOrder = statements.toSorted((a, b) => Number(b.record !== undefined) - Number(a.record !== undefined));
  for (const { root, version, arch, sha256, size, record, h1 } of inOrder) {
    const file = placeFile(pins.releases, version, arch);
    const name = file.filename;
    const merged = {
      sha256: agree(`${name} sha256`, file.sha256, sha256, root),
      size: agree(`${name} size`, file.size, size, root),
      h1: agree(`${name} h1`, file.h1, record?.h1, root),
      logRecord: agree(`${name} log record`, file.logRecord, record?.recordId, root),
    };
    if (merged.h1 !== undefined) agree(`${name} h1`, merged.h1, h1, root);
    assign(file, merged);
    if (record !== undefined) pins.records.set(toolchainModuleVersion(version, arch), record);
    const { roots = [], conflicts = "" } = pins.provenance.get(name) ?? {};
    pins.provenance.set(name, { roots: [...new Set([...roots, root])], conflicts });
  }
  return contradictions;
}

/**
 * Those roots of an archive that speak of its SHA-256. The log has the hash of its files alone, and says nothing of the
 * SHA-256 but where an archive has been read whose files they are.
 */
export function listHashRoots(roots: readonly string[]): readonly string[] {
  return roots.filter((root) => root !== "log" || roots.includes("archive"));
}

/** In the publisher's order of keys, those without a value left out. */
function assign(file: object, values: Readonly<Record<string, string | number | undefined>>): void {
  const { kind, ...rest } = { ...file, ...values } as Record<string, unknown>;
  const { h1, logRecord, ...published } = rest;
  for (const key of Object.keys(file)) Reflect.deleteProperty(file, key);
  const ordered = { ...published, kind, h1, logRecord };
  for (const [key, value] of Object.entries(ordered)) if (value !== undefined) Reflect.set(file, key, value);
}

/** `go1.26.8.linux-amd64.tar.gz` in its parts. */
export function parseArchiveName(
  name: string,
): { readonly version: GoVersion; readonly arch: Architecture } | undefined {
  const [, versionText = "", archText = ""] = /^(go.+)\.linux-([a-z0-9]+)\.tar\.gz$/.exec(name) ?? [];
  const [version, arch] = [parseGoVersion(versionText), parseArchitecture(archText)];
  return version === undefined || arch === undefined ? undefined : { version, arch };
}
