import { readFileSync } from "node:fs";
import { isStable, parseGoVersion, compareGoVersions, type GoVersion } from "../../src/release/go-version.ts";
import type { ChecksumRecord } from "../../src/trust/sumdb/checksum-record.ts";

/** One archive of manifests/releases.json, in the publisher's shape; `h1` and `logRecord` are ours. */
interface PinnedFile {
  readonly filename: string;
  readonly os: string;
  readonly arch: string;
  readonly version: string;
  sha256?: string;
  size?: number;
  readonly kind: string;
  /** Of the toolchain module with the same files: what the checksum database states. */
  h1?: string;
  /** The number of that record in the checksum database. */
  logRecord?: number;
}

interface PinnedRelease {
  readonly version: string;
  readonly stable: boolean;
  readonly files: PinnedFile[];
}

/** A row of manifests/releases-provenance.tsv: who states what is pinned. */
interface Provenance {
  /** Public sources by name, and `publisher`, `download-host`, `archive`, `log`. */
  readonly roots: readonly string[];
  /** Statements that were found to be somebody's mistake, as text; empty for none. */
  readonly conflicts: string;
}

export interface Pins {
  readonly releases: PinnedRelease[];
  readonly provenance: Map<string, Provenance>;
  /** Whole records of the checksum database by module version; each can be verified without a network. */
  readonly records: Map<string, ChecksumRecord>;
}

const header = ["filename", "sha256", "h1", "log record", "roots", "conflicts"].join("\t");

export function readPins(directory: string): Pins {
  const read = (name: string): string => readFileSync(`${directory}/${name}`, "utf8");
  const rows = read("releases-provenance.tsv").trimEnd().split("\n").slice(1);
  const records = JSON.parse(read("log-records.json")) as ChecksumRecord[];
  return {
    releases: JSON.parse(read("releases.json")) as PinnedRelease[],
    provenance: new Map(
      rows.map((row) => {
        const [filename = "", , , , roots = "", conflicts = ""] = row.split("\t");
        return [filename, { roots: roots.split(", "), conflicts }];
      }),
    ),
    records: new Map(records.map((record) => [record.moduleVersion, record])),
  };
}

/** The three files by name, as they are to be written. */
export function formatPins({ releases, provenance, records }: Pins): Readonly<Record<string, string>> {
  const rows = releases
    .flatMap(({ files }) => files)
    .map(({ filename, sha256 = "", h1 = "", logRecord = "" }) => {
      const { roots, conflicts } = provenance.get(filename) ?? { roots: [], conflicts: "" };
      return [filename, sha256, h1, logRecord, roots.join(", "), conflicts].join("\t");
    });
  return {
    "releases.json": `${JSON.stringify(releases, null, 1)}\n`,
    "releases-provenance.tsv": `${[header, ...rows].join("\n")}\n`,
    "log-records.json": `${JSON.stringify([...records.values()].toSorted(byRecordId), null, 1)}\n`,
  };
}

function byRecordId(a: ChecksumRecord, b: ChecksumRecord): number {
  return a.recordId - b.recordId;
}

/** The pinned file of an archive; one that is not there yet is put in its place: newest release first, amd64 first. */
export function placeFile(releases: PinnedRelease[], version: GoVersion, arch: string): PinnedFile {
  const known = releases.find((release) => release.version === version);
  const release = known ?? { version, stable: isStable(version), files: [] };
  if (known === undefined) {
    // What Go's grammar does not know keeps its place: it is never what a new release is compared with.
    const isOlder = ({ version: other }: PinnedRelease): boolean => {
      const parsed = parseGoVersion(other);
      return parsed !== undefined && compareGoVersions(parsed, version) < 0;
    };
    const place = releases.findIndex(isOlder);
    releases.splice(place === -1 ? releases.length : place, 0, release);
  }
  const found = release.files.find((file) => file.arch === arch);
  if (found !== undefined) return found;
  const filename = `${version}.linux-${arch}.tar.gz`;
  const made: PinnedFile = { filename, os: "linux", arch, version, kind: "archive" };
  release.files.push(made);
  release.files.sort((a, b) => (a.arch < b.arch ? -1 : 1));
  return made;
}
