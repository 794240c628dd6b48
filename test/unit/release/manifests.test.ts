// The integrity of manifests/, without a network: what a refresh, a merge or a hand may have broken.
import { readFileSync } from "node:fs";
import { parse } from "valibot";
import { expect, test } from "vitest";
import { listHashRoots, parseArchiveName } from "../../../scripts/manifests/statement.ts";
import { formatPins, readPins } from "../../../scripts/manifests/pins.ts";
import { compareGoVersions, isStable, parseGoVersion } from "../../../src/release/go-version.ts";
import { toolchainModuleVersion } from "../../../src/release/archive-name.ts";
import { verifyChecksumRecord } from "../../../src/trust/sumdb/checksum-record.ts";
import { checksumRecord } from "../../../src/host/state/receipt.ts";

const pins = readPins("manifests");
const files = pins.releases.flatMap((release) => release.files);

test("releases are there once, newest first, and say of themselves what their version says", () => {
  const versions = pins.releases.flatMap(({ version }) => parseGoVersion(version) ?? []);
  expect(versions.length).toBe(pins.releases.length - 1); // go1.9.2rc2
  for (const [index, version] of versions.slice(1).entries())
    expect(compareGoVersions(versions[index] ?? version, version), version).toBeGreaterThan(0);
  for (const { version, stable } of pins.releases) {
    const parsed = parseGoVersion(version);
    if (parsed !== undefined) expect(stable, version).toBe(isStable(parsed));
  }
});

test("each archive has its own name, a hash or a record of the log, and nothing else", () => {
  expect(new Set(files.map(({ filename }) => filename)).size).toBe(files.length);
  for (const release of pins.releases) {
    expect(release.files.map(({ arch }) => arch).join(), release.version).toMatch(/^(?:amd64|arm64|amd64,arm64)$/);
    for (const file of release.files) {
      const { filename, os, arch, version, kind, sha256, size, h1, logRecord, ...rest } = file;
      expect([filename, os, version, kind, rest]).toEqual([
        `${version}.linux-${arch}.tar.gz`,
        "linux",
        release.version,
        "archive",
        {},
      ]);
      if (sha256 !== undefined) expect(sha256, filename).toMatch(/^[0-9a-f]{64}$/);
      if (size !== undefined) expect(Number.isSafeInteger(size) && size > 1_000_000, filename).toBe(true);
      if (h1 !== undefined) expect(h1, filename).toMatch(/^h1:[A-Za-z0-9+/]{43}=$/);
      expect(h1 === undefined, filename).toBe(logRecord === undefined);
      expect(sha256 ?? h1, filename).toBeDefined();
    }
  }
});

test("no two archives share a hash", () => {
  const hashes = files.flatMap(({ sha256, h1 }) => [sha256, h1]).filter((hash) => hash !== undefined);
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("no pin was lost or changed since 2026-11-23", () => {
  const recorded = readFileSync("test/fixtures/release/pinned-2026-11-23.sha256", "utf8").trimEnd().split("\n");
  expect(recorded).toHaveLength(654);
  const now = new Set(files.map(({ filename, sha256 }) => `${sha256}  ${filename}`));
  expect(recorded.filter((line) => !now.has(line))).toEqual([]);
});

test("each hash has two roots or more; what the log alone states has its record", () => {
  expect([...pins.provenance.keys()]).toEqual(files.map(({ filename }) => filename));
  for (const { filename, sha256, h1 } of files) {
    const roots = pins.provenance.get(filename)?.roots ?? [];
    expect(new Set(roots).size, filename).toBe(roots.length);
    expect(roots.includes("log"), filename).toBe(h1 !== undefined);
    if (sha256 !== undefined) expect(listHashRoots(roots).length, filename).toBeGreaterThanOrEqual(2);
  }
});

test("each record of the log verifies by itself against the pinned key, and is the one that is pinned", () => {
  const pinned = files.flatMap(({ filename, h1, logRecord }) => {
    const { version, arch } = parseArchiveName(filename) ?? {};
    if (h1 === undefined || version === undefined || arch === undefined) return [];
    return [[toolchainModuleVersion(version, arch), h1, logRecord]];
  });
  const records = [...pins.records.values()];
  for (const record of records) {
    expect(parse(checksumRecord, record)).toEqual(record);
    verifyChecksumRecord(record);
  }
  const recorded = records.map(({ moduleVersion, h1, recordId }) => [moduleVersion, h1, recordId]);
  expect(new Set(recorded.map(String))).toEqual(new Set(pinned.map(String)));
  expect(recorded.length).toBeGreaterThanOrEqual(38);
});

test("a refresh that learns nothing changes no byte", () => {
  for (const [name, text] of Object.entries(formatPins(pins)))
    expect(readFileSync(`manifests/${name}`, "utf8")).toBe(text);
});
