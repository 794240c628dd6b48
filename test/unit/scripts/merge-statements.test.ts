import { expect, test } from "vitest";
import type { Pins } from "../../../scripts/manifests/pins.ts";
import { listHashRoots, mergeStatements, type Statement } from "../../../scripts/manifests/statement.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import type { ChecksumRecord } from "../../../src/trust/sumdb/checksum-record.ts";

const one = "1".repeat(64);
const two = "2".repeat(64);
const version = (text: string): GoVersion => text as GoVersion;

function start(): Pins {
  const entry = (name: string) => ({
    filename: `${name}.linux-amd64.tar.gz`,
    os: "linux",
    arch: "amd64",
    version: name,
  });
  const releases = ["go1.27.0", "go1.9.2rc2", "go1.9.1"].map((name, index) => ({
    version: name,
    stable: !name.includes("rc"),
    files: [{ ...entry(name), sha256: String(index).repeat(64), kind: "archive" }],
  }));
  const provenance = new Map(
    releases.flatMap(({ files }) =>
      files.map(({ filename }) => [filename, { roots: ["goenv", "heroku"], conflicts: "" }]),
    ),
  );
  return { releases, provenance, records: new Map() };
}

const log = (name: string, h1: string): Statement => ({
  root: "log",
  version: version(name),
  arch: "amd64",
  record: { h1, recordId: 7 } as ChecksumRecord,
});

test("a new release comes before the first older one, whatever Go's grammar makes of the others", () => {
  const pins = start();
  const stated = (name: string, arch: "amd64" | "arm64", sha256: string) =>
    ({ root: "publisher", version: version(name), arch, sha256, size: 9 }) satisfies Statement;
  const contradictions = mergeStatements(pins, [
    stated("go1.27.1", "arm64", one),
    stated("go1.27.1", "amd64", two),
    stated("go1.8.1", "amd64", "3".repeat(64)),
    log("go1.27.1", "h1:x"),
  ]);
  expect(contradictions).toEqual([]);
  expect(pins.releases.map((release) => release.version)).toEqual([
    "go1.27.1",
    "go1.27.0",
    "go1.9.2rc2",
    "go1.9.1",
    "go1.8.1",
  ]);
  expect(JSON.stringify(pins.releases[0]?.files[0])).toBe(
    JSON.stringify({
      filename: "go1.27.1.linux-amd64.tar.gz",
      os: "linux",
      arch: "amd64",
      version: "go1.27.1",
      sha256: two,
      size: 9,
      kind: "archive",
      h1: "h1:x",
      logRecord: 7,
    }),
  );
  expect(pins.releases[0]?.files.map(({ arch }) => arch)).toEqual(["amd64", "arm64"]);
  expect(pins.provenance.get("go1.27.1.linux-amd64.tar.gz")?.roots).toEqual(["log", "publisher"]);
});

test("what differs from a pin is reported and changes nothing", () => {
  const pins = start();
  const before = JSON.stringify(pins.releases);
  const other = { root: "publisher", version: version("go1.27.0"), arch: "amd64", sha256: two } as const;
  expect(mergeStatements(pins, [other])).toEqual([
    `go1.27.0.linux-amd64.tar.gz sha256: publisher states ${two}, pinned is ${"0".repeat(64)}`,
  ]);
  expect(JSON.stringify(pins.releases)).toBe(before);
});

test("an archive whose content is not what the log has is reported, whichever is read first", () => {
  const archive = { root: "archive", version: version("go1.27.0"), arch: "amd64", h1: "h1:other" } as const;
  expect(mergeStatements(start(), [archive, log("go1.27.0", "h1:x")])).toEqual([
    "go1.27.0.linux-amd64.tar.gz h1: archive states h1:other, pinned is h1:x",
  ]);
});

test.each([
  [["log", "publisher"], ["publisher"]],
  [
    ["goenv", "heroku", "log"],
    ["goenv", "heroku"],
  ],
  [
    ["log", "archive"],
    ["log", "archive"],
  ],
])("of the roots %j, those that speak of an archive's SHA-256 are %j", (roots, ofHash) => {
  expect(listHashRoots(roots)).toEqual(ofHash);
});
