import { expect, test } from "vitest";

import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { parsePublisherJson } from "../../../src/release/publisher-json.ts";
import { thrownBy } from "../thrown-by.ts";

const source = { origin: "publisher", url: "https://u:p@go.dev/dl/?mode=json&include=all" } as const;
const hash = "ab".repeat(32);

function file(fields: object) {
  const filename = "go1.27.1.linux-amd64.tar.gz";
  return {
    filename,
    os: "linux",
    arch: "amd64",
    version: "go1.27.1",
    sha256: hash,
    size: 9,
    kind: "archive",
    ...fields,
  };
}

function parse(files: readonly unknown[], fields: object = {}) {
  return parsePublisherJson(JSON.stringify([{ version: "go1.27.1", stable: true, files, ...fields }]), source);
}

test("only archives for Linux on amd64 and arm64 are kept, unknown fields are not", () => {
  const releases = parse(
    [
      file({ filename: "go1.27.1.src.tar.gz", os: "", arch: "", kind: "source" }),
      file({ filename: "go1.27.1.darwin-arm64.pkg", os: "darwin", arch: "arm64", kind: "installer" }),
      file({ filename: "go1.27.1.linux-riscv64.tar.gz", arch: "riscv64" }),
      file({ sha256: hash.toUpperCase(), mirror: "https://example.com" }),
      file({ filename: "go1.27.1.linux-arm64.tar.gz", arch: "arm64", sha256: "", size: 0 }),
    ],
    { notes: [] },
  );
  expect(releases).toEqual([
    {
      version: "go1.27.1",
      isStable: true,
      archives: {
        amd64: {
          fileName: "go1.27.1.linux-amd64.tar.gz",
          statements: [{ by: "publisher", sha256: hash, size: 9 }],
        },
        arm64: { fileName: "go1.27.1.linux-arm64.tar.gz", statements: [{ by: "publisher" }] },
      },
      knownBy: ["publisher"],
    },
  ]);
});

test("versions that Go's own grammar does not know are left out; candidates are not stable", () => {
  const entries = ["go1", "go1.9.2rc2", "weekly.2012-03-27", "go1.28rc1"].map((version) => ({
    version,
    stable: true,
    files: [],
  }));
  expect(
    parsePublisherJson(JSON.stringify(entries), source).map((release) => [release.version, release.isStable]),
  ).toEqual([["go1.28rc1", false]]);
});

test.each([
  ["<!DOCTYPE html><title>The Go Programming Language</title>", "a web page instead of JSON"],
  ["", "not JSON"],
  ['[{"version":', "not JSON"],
  ["{}", "not a list of releases"],
  ["null", "not a list of releases"],
  ['[{"version":"go1.27.1"}]', "entry 1 is not a release"],
  ['[{"version":"go1.27.1","files":[]},7]', "entry 2 is not a release"],
  ['[{"version":"go1.27.1","files":[null]}]', "a file of go1.27.1 is not an object"],
])("%j is a failure of the source", (text, message) => {
  const failure = thrownBy(() => parsePublisherJson(text, source), RequestFailure);
  expect([failure.kind, failure.url, failure.message]).toEqual([
    "content",
    "https://***@go.dev/dl/?mode=json&include=all",
    message,
  ]);
});

test("a file name that leads elsewhere and a hash that is none are refused", () => {
  const elsewhere = thrownBy(() => parse([file({ filename: "../../etc/passwd" })]), RequestFailure);
  const noHash = thrownBy(() => parse([file({ sha256: "d41d8cd98f00b204e9800998ecf8427e" })]), RequestFailure);
  expect([elsewhere.message, noHash.message]).toEqual([
    "go1.27.1 names a file that is not go1.27.1.linux-amd64.tar.gz",
    "the sha256 of go1.27.1.linux-amd64.tar.gz is not one",
  ]);
});
