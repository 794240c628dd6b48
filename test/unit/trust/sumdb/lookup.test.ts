import { generateKeyPairSync, sign } from "node:crypto";

import { describe, expect, test } from "vitest";

import { ProvisionError } from "../../../../src/errors/provision-error.ts";
import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import type { GoVersion } from "../../../../src/release/go-version.ts";
import { type ChecksumRecord, verifyChecksumRecord } from "../../../../src/trust/sumdb/checksum-record.ts";
import { lookupChecksum } from "../../../../src/trust/sumdb/lookup.ts";
import { keyId, parseVerifierKey } from "../../../../src/trust/sumdb/note.ts";
import { rejectionOf, thrownBy } from "../../thrown-by.ts";
import { recordedDatabase, recording } from "./recorded-database.ts";

const version = "go1.26.8" as GoVersion;
const lookupPath = "lookup/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64";
const lookupText = recording(lookupPath).toString();

type Changes = Parameters<typeof recordedDatabase>[0];

function lookUp(changes: Changes = {}): Promise<ChecksumRecord> {
  return lookupChecksum({ version, architecture: "amd64", ...recordedDatabase(changes) });
}

/** Each part that does not hold has a code of its own. */
const codes: Readonly<Record<string, string>> = {
  signature: "log-signature-invalid",
  key: "log-key-unknown",
  "tree head": "log-head-wrong",
  "record text": "log-record-wrong",
  "inclusion proof": "log-proof-wrong",
};

async function untrusted(changes: Changes): Promise<string | undefined> {
  const error = await rejectionOf(lookUp(changes), ProvisionError);
  const part = error.details["part"] ?? "";
  expect([error.code, error.exit]).toEqual([codes[part], 5]);
  return part;
}

/** Base64 with one bit of one character changed, so that it stays base64. */
function flip(text: string, position: number): string {
  return text.slice(0, position) + (text[position] === "A" ? "B" : "A") + text.slice(position + 1);
}

test("a real answer of the checksum database is verified down to the signed root", async () => {
  const database = recordedDatabase();
  const record = await lookupChecksum({ version, architecture: "amd64", ...database });
  expect({ ...record, proof: record.proof.length }).toEqual({
    moduleVersion: "v0.0.1-go1.26.8.linux-amd64",
    h1: "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
    goModH1: "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=",
    recordId: 61743986,
    treeSize: 66332798,
    rootHash: "czPocWFmMwQrSENohgEPvFiqA+2i/3lRZhHbxtma2UQ=",
    signedNote: lookupText.slice(lookupText.indexOf("go.sum database tree")),
    proof: 26,
  });
  expect(database.asked.toSorted()).toEqual([
    lookupPath,
    "tile/8/0/x241/187",
    "tile/8/0/x259/112.p/126",
    "tile/8/1/942",
    "tile/8/1/x001/012.p/40",
    "tile/8/2/003.p/244",
    "tile/8/3/000.p/3",
  ]);
});

test.each([
  ["go1.26.8", "arm64", "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc="],
  ["go1.27.4", "amd64", "h1:8Tl0rBb7KdISSdPkZBjlpZxsUBb+004GI/SM2XbmSqI="],
] as const)("%s for %s is in the log, too", async (version, architecture, h1) => {
  const request = { version: version as GoVersion, architecture, ...recordedDatabase() };
  expect((await lookupChecksum(request)).h1).toBe(h1);
});

test("where a partial tile is gone, the full one is cut", async () => {
  const record = await lookUp({ "tile/8/2/003.p/244": undefined });
  expect(record).toEqual(await lookUp());
});

test("a signature by another, unknown key does no harm", async () => {
  const signed = `${lookupText}— log.example ${Buffer.from("abcdefgh").toString("base64")}\n`;
  expect((await lookUp({ [lookupPath]: signed })).recordId).toBe(61743986);
});

describe("an answer that does not hold is not trusted, and says in what part:", () => {
  const signatureAt = lookupText.lastIndexOf(" ") + 20;
  const noteAt = lookupText.indexOf("\n\n") + 2;
  const signatureLineAt = lookupText.indexOf("—");

  test("a tampered signature", async () => {
    expect(await untrusted({ [lookupPath]: flip(lookupText, signatureAt) })).toBe("signature");
  });

  test("a root that was not signed", async () => {
    const forged = lookupText.replace("czPocWFm", "dzPocWFm");
    expect(await untrusted({ [lookupPath]: forged })).toBe("signature");
  });

  test("a good signature beside a bad one of the same key", async () => {
    const both = lookupText + flip(lookupText, signatureAt).slice(signatureLineAt);
    expect(await untrusted({ [lookupPath]: both })).toBe("signature");
  });

  test("a signature by a key that is not the pinned one", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
    const id = keyId("sum.golang.org", Buffer.concat([Buffer.of(1), raw]));
    const head = lookupText.slice(noteAt, signatureLineAt - 1);
    const signature = Buffer.concat([Buffer.from(id, "hex"), sign(null, Buffer.from(head), privateKey)]);
    const resigned = `${lookupText.slice(0, signatureLineAt)}— sum.golang.org ${signature.toString("base64")}\n`;
    expect(await untrusted({ [lookupPath]: resigned })).toBe("key");
    const forger = parseVerifierKey(`sum.golang.org+${id}+${Buffer.concat([Buffer.of(1), raw]).toString("base64")}`);
    const database = recordedDatabase({ [lookupPath]: resigned });
    const record = await lookupChecksum({ version, architecture: "amd64", key: forger, ...database });
    expect(record.recordId).toBe(61743986);
  });

  test("a note without a signature", async () => {
    expect(await untrusted({ [lookupPath]: lookupText.slice(0, signatureLineAt) })).toBe("signature");
  });

  test("a signature line that is none", async () => {
    expect(await untrusted({ [lookupPath]: lookupText.replace("— ", "- ") })).toBe("signature");
  });

  test("another version's record, though it is in the log", async () => {
    const other = recording("lookup/golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64");
    expect(await untrusted({ [lookupPath]: other })).toBe("record text");
  });

  test("another hash in the record", async () => {
    const forged = lookupText.replace("h1:ZOmG", "h1:ZOmH");
    expect(await untrusted({ [lookupPath]: forged })).toBe("inclusion proof");
  });

  test("a third line in the record", async () => {
    const forged = lookupText.replace("LeS0=\n", "LeS0=\ngolang.org/x v1 h1:x\n");
    expect(await untrusted({ [lookupPath]: forged })).toBe("record text");
  });

  test("another number", async () => {
    expect(await untrusted({ [lookupPath]: lookupText.replace("61743986", "61743987") })).toBe("inclusion proof");
  });

  test("a number outside the tree", async () => {
    expect(await untrusted({ [lookupPath]: lookupText.replace("61743986", "66332798") })).toBe("inclusion proof");
  });

  test.each([
    ["tile/8/0/x241/187", 0],
    ["tile/8/0/x241/187", 8191],
    ["tile/8/0/x259/112.p/126", 125 * 32],
    ["tile/8/1/942", 4000],
    ["tile/8/1/942", (241187 % 256) * 32],
    ["tile/8/2/003.p/244", 243 * 32],
    ["tile/8/3/000.p/3", 3],
    ["tile/8/3/000.p/3", 95],
  ])("a forged hash in %s, byte %i", async (path, position) => {
    const tile = Buffer.from(recording(path));
    tile.writeUInt8(tile.readUInt8(position) ^ 1, position);
    expect(await untrusted({ [path]: tile })).toBe("inclusion proof");
  });
});

describe("what is no answer of a checksum database is a failure of the source:", () => {
  test.each([
    ["a page for a lookup", { [lookupPath]: "<!DOCTYPE html>\n\nlog in\n" }],
    ["an empty lookup", { [lookupPath]: "" }],
    ["a page for a tile", { "tile/8/1/942": "<html></html>" }],
    ["a tile cut short", { "tile/8/1/942": recording("tile/8/1/942").subarray(0, 8160) }],
  ])("%s", async (_, changes) => {
    const failure = await rejectionOf(lookUp(changes), RequestFailure);
    expect(failure.kind).toBe("content");
  });

  test("a module that the log does not have", async () => {
    const request = { version: "go1.99.0" as GoVersion, architecture: "amd64" as const, ...recordedDatabase() };
    expect((await rejectionOf(lookupChecksum(request), RequestFailure)).kind).toBe("absent");
  });

  test("a full tile that is gone", async () => {
    const failure = await rejectionOf(lookUp({ "tile/8/1/942": undefined }), RequestFailure);
    expect([failure.kind, failure.url]).toEqual(["absent", "https://proxy.example/sumdb/sum.golang.org/tile/8/1/942"]);
  });
});

describe("a stored record", () => {
  test("verifies without a network, also after a way through JSON", async () => {
    const record = await lookUp();
    const restored = JSON.parse(JSON.stringify(record)) as ChecksumRecord;
    expect(restored).toEqual(record);
    expect(() => verifyChecksumRecord(restored)).not.toThrow();
  });

  test.each<[string, Partial<ChecksumRecord>]>([
    ["inclusion proof", { h1: "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=" }],
    ["inclusion proof", { moduleVersion: "v0.0.1-go1.26.8.linux-arm64" }],
    ["inclusion proof", { recordId: 61743985 }],
    ["inclusion proof", { recordId: 1e9 }],
    ["inclusion proof", { recordId: -1 }],
    ["inclusion proof", { recordId: 1.5 }],
    ["inclusion proof", { proof: [] }],
    ["tree head", { treeSize: 66332799 }],
    ["tree head", { rootHash: "O0jlIxwRb2vZYS1na726XLlaDCtCqKUVLld+AY32AGA=" }],
    ["signature", { signedNote: "go.sum database tree\n1\nx\n" }],
    ["record text", { h1: "h1:x\nh1:y" }],
  ])("with another %s is not trusted (%j)", async (part, change) => {
    const record = { ...(await lookUp()), ...change };
    const error = thrownBy(() => verifyChecksumRecord(record), ProvisionError);
    expect([error.code, error.details["part"]]).toEqual([codes[part], part]);
  });

  test("with any hash of its proof changed is not trusted", async () => {
    const record = await lookUp();
    for (const position of record.proof.keys()) {
      const proof = record.proof.map((hash, index) => (index === position ? flip(hash, 5) : hash));
      const error = thrownBy(() => verifyChecksumRecord({ ...record, proof }), ProvisionError);
      expect(error.details["part"]).toBe("inclusion proof");
    }
  });
});
