import { expect, test } from "vitest";
import { type Sha256, parseSha256 } from "../../../../src/release/sha256.ts";
import { archiveDigest } from "../../../../src/verify/checks/archive-digest.ts";
import { makeContext, wantedVersion } from "../check-host.ts";

const digest = "ab".repeat(32);
const archive = {
  name: "go1.27.4.linux-amd64.tar.gz",
  kind: "tar.gz",
  sha256: parseSha256(digest) as Sha256,
  size: 1,
  from: "https://go.dev/dl/go1.27.4.linux-amd64.tar.gz",
} as const;
const publisher = { root: "publisher", evidence: "go.dev/dl/?mode=json" } as const;
const context = (receipt: Parameters<typeof archiveDigest.run>[0]["receipt"]) =>
  makeContext({ version: wantedVersion, architecture: "amd64", receipt });

test("names the trust roots that proved the archive", async () => {
  expect(
    await archiveDigest.run(context({ archive, trust: [publisher, { root: "flag", evidence: "--sha256" }] })),
  ).toEqual({
    status: "pass",
    evidence: `go1.27.4.linux-amd64.tar.gz sha256:${digest}, proven by publisher (go.dev/dl/?mode=json), flag (--sha256)`,
    remedy: null,
  });
});

test("knows nothing of a tree that readygo did not install", async () => {
  expect(await archiveDigest.run(context(undefined))).toEqual({
    status: "skip",
    evidence: "readygo did not install this tree",
    remedy: "readygo install go1.27.4",
  });
});

test.each([
  [
    "another release's receipt",
    { archive: { ...archive, name: "go1.26.8.linux-amd64.tar.gz" }, trust: [publisher] },
    "the receipt names go1.26.8.linux-amd64.tar.gz, not go1.27.4 for amd64",
  ],
  [
    "another architecture's",
    { archive: { ...archive, name: "go1.27.4.linux-arm64.tar.gz" }, trust: [publisher] },
    "the receipt names go1.27.4.linux-arm64.tar.gz, not go1.27.4 for amd64",
  ],
  ["no trust root at all", { archive, trust: [] }, `no trust root proved go1.27.4.linux-amd64.tar.gz sha256:${digest}`],
])("fails on %s", async (_, receipt, evidence) => {
  expect(await archiveDigest.run(context(receipt))).toEqual({
    status: "fail",
    evidence,
    remedy: "readygo install go1.27.4 --repair",
  });
});
