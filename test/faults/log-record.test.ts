// A record from a receipt proves a tree only where signature, tree head, record text and inclusion hold under the pinned
// key; which of them does not has a code of its own.
import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import type { GoVersion } from "../../src/release/go-version.ts";
import type { ChecksumRecord } from "../../src/trust/sumdb/checksum-record.ts";
import { lookupChecksum } from "../../src/trust/sumdb/lookup.ts";
import { keyId } from "../../src/trust/sumdb/note.ts";
import type { CheckContext } from "../../src/verify/check.ts";
import { publicTree } from "../../src/verify/checks/public-tree.ts";
import { recordedDatabase } from "../unit/trust/sumdb/recorded-database.ts";
import { makeContext, makeDirectory, place } from "../unit/verify/check-host.ts";

const version = "go1.26.8" as GoVersion;
const lookUp = (release: GoVersion) =>
  lookupChecksum({ version: release, architecture: "amd64", ...recordedDatabase() });
const real = await lookUp(version);
const other = await lookUp("go1.27.4" as GoVersion);

/** What `verify` says of a host whose receipt has this record. The tree itself is not the point: it is no Go. */
async function judge(record: ChecksumRecord, parts: Partial<CheckContext> = {}) {
  const root = makeDirectory();
  place(`${root}/usr/local/go`, { VERSION: "go1.26.8\n" });
  const receipt = { record, trust: [], archive: {} as never };
  return publicTree.run(
    makeContext({ files: createRealFiles(root), version, architecture: "amd64", receipt, ...parts }),
  );
}

function resign(note: string): string {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.concat([Buffer.of(1), Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url")]);
  const head = note.slice(0, note.indexOf("\n\n") + 1);
  const id = Buffer.from(keyId("sum.golang.org", raw), "hex");
  const signature = Buffer.concat([id, sign(null, Buffer.from(head), privateKey)]);
  return `${head}\n— sum.golang.org ${signature.toString("base64")}\n`;
}

test("a record that holds is held against the tree", async () => {
  expect(await judge(real)).toMatchObject({
    status: "fail",
    evidence: expect.stringMatching(/^this tree's hash is h1:.*, the public release's h1:ZOmG/) as unknown,
  });
});

test.each<[string, string, ChecksumRecord]>([
  [
    "a forged note",
    "log-signature-invalid, signature",
    { ...real, signedNote: real.signedNote.replace("66332798", "66332799") },
  ],
  ["a note signed by another key", "log-key-unknown, key", { ...real, signedNote: resign(real.signedNote) }],
  ["the head of another tree", "log-head-wrong, tree head", { ...real, signedNote: other.signedNote }],
  ["the proof of another record", "log-proof-wrong, inclusion proof", { ...real, proof: other.proof }],
  [
    "another record's hash and proof",
    "log-proof-wrong, inclusion proof",
    { ...other, moduleVersion: real.moduleVersion },
  ],
  ["another hash", "log-proof-wrong, inclusion proof", { ...real, h1: other.h1 }],
  ["what is no hash", "log-record-wrong, record text", { ...real, h1: "h1:" }],
])("%s does not: %s", async (_, part, record) => {
  expect(await judge(record)).toMatchObject({
    status: "fail",
    evidence: expect.stringMatching(new RegExp(`\\(${part}\\)$`)) as unknown,
  });
});

test("another release's record is none of this tree, and where nobody can be asked it is not proven", async () => {
  expect(await judge(other)).toMatchObject({ status: "skip" });
});

test("a log that forks is no proof, and says so", async () => {
  const publicRelease = {
    askLog: () => Promise.reject(new ProvisionError("log-forked", "two trees that exclude each other")),
    listModule: () => Promise.resolve([]),
  };
  expect(await judge(other, { publicRelease })).toMatchObject({
    status: "fail",
    evidence: "two trees that exclude each other (log-forked)",
  });
});
