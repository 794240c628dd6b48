// A signed tree head that does not continue the one that was kept is a fork: nothing of that log is believed any more. An
// older head is none, and neither is a log that cannot be read.
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { RequestFailure } from "../../src/errors/request-failure.ts";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { followHeads, type LogHeads } from "../../src/trust/sumdb/follow-heads.ts";
import { keyId, parseVerifierKey, type VerifierKey } from "../../src/trust/sumdb/note.ts";
import type { TileAccess } from "../../src/trust/sumdb/read-tile.ts";
import { nodeHash, recordHash } from "../../src/trust/sumdb/tree-proof.ts";
import { recordedDatabase, recording } from "../unit/trust/sumdb/recorded-database.ts";
import { rejectionOf } from "../unit/thrown-by.ts";

const noteOf = (release: string): string => {
  const lookup = recording(`lookup/golang.org/toolchain@v0.0.1-${release}`).toString();
  return lookup.slice(lookup.indexOf("go.sum database tree"));
};

/** Three heads that sum.golang.org has really signed, oldest first: of 66,332,798, 71,318,111 and 71,769,961 records. */
const [oldest, middle, newest] = [
  noteOf("go1.26.8.linux-amd64"),
  noteOf("go1.26.8.linux-arm64"),
  noteOf("go1.27.4.linux-amd64"),
];

function follow(
  kept: string | undefined,
  key?: VerifierKey,
): { readonly heads: LogHeads; readonly notices: readonly string[] } {
  const notices: string[] = [];
  const onNotice = (text: string): number => notices.push(text);
  return { heads: followHeads({ kept, onNotice, ...(key === undefined ? {} : { key }) }), notices };
}

describe("the real log", () => {
  test("a first head is taken as it is: there is nothing to hold it against", async () => {
    const { heads, notices } = follow(undefined);
    const database = recordedDatabase();
    await heads.follow(newest, [database]);
    expect([heads.newest(), notices, database.asked]).toEqual([newest, [], []]);
  });

  test.each([middle, newest])("a newer head is shown to continue the kept one, and is kept", async (note) => {
    const { heads, notices } = follow(oldest);
    const database = recordedDatabase();
    await heads.follow(note, [database]);
    expect([heads.newest(), notices]).toEqual([note, []]);
    expect(database.asked.length).toBe(7);
  });

  test("an older head, as a mirror keeps it, is shown to be the beginning of the kept one, which stays", async () => {
    const { heads, notices } = follow(newest);
    const database = recordedDatabase();
    await heads.follow(oldest, [database]);
    expect([heads.newest(), notices, database.asked.length]).toEqual([newest, [], 7]);
  });

  test("the same head is not asked about", async () => {
    const { heads } = follow(newest);
    const database = recordedDatabase();
    await heads.follow(newest, [database]);
    expect(database.asked).toEqual([]);
  });

  test.each([
    ["tile/8/3/000.p/4", 0],
    ["tile/8/2/003", 8191],
    ["tile/8/1/x001/095.p/31", 17],
    ["tile/8/0/x259/112", 126 * 32],
  ])("forged tiles (%s, byte %i) show no fork: they are not the log's", async (path, position) => {
    const tile = Buffer.from(recording(path));
    tile.writeUInt8(tile.readUInt8(position) ^ 1, position);
    const { heads } = follow(oldest);
    const error = await rejectionOf(heads.follow(newest, [recordedDatabase({ [path]: tile })]), ProvisionError);
    expect([error.code, error.exit, error.details["part"]]).toEqual(["log-proof-wrong", 5, "consistency proof"]);
    expect(heads.newest()).toBe(oldest);
  });

  test("a kept head that is not the log's is passed over, and said", async () => {
    const { heads, notices } = follow(oldest.replace("66332798", "66332799"));
    await heads.follow(newest, [recordedDatabase()]);
    expect(heads.newest()).toBe(newest);
    expect(notices).toEqual([
      "the kept tree head of the checksum database is passed over: the tree head's signature is not one of sum.golang.org",
    ]);
  });
});

/** A log of the test's own, that signs whatever it is told to. */
function makeLog(): { readonly key: VerifierKey; signHead(records: readonly string[]): string } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.concat([Buffer.of(1), Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url")]);
  const id = keyId("log.example", raw);
  return {
    key: parseVerifierKey(`log.example+${id}+${raw.toString("base64")}`),
    signHead(records) {
      const text = `go.sum database tree\n${records.length}\n${rootOf(records).toString("base64")}\n`;
      const signature = Buffer.concat([Buffer.from(id, "hex"), sign(null, Buffer.from(text), privateKey)]);
      return `${text}\n— log.example ${signature.toString("base64")}\n`;
    },
  };
}

/** RFC 6962, 2.1, word for word. */
function rootOf(records: readonly string[]): Buffer {
  const [first = ""] = records;
  if (records.length === 1) return recordHash(first);
  const split = 2 ** Math.ceil(Math.log2(records.length) - 1);
  return nodeHash(rootOf(records.slice(0, split)), rootOf(records.slice(split)));
}

/** The tiles of a small log: one, up to 256 records. */
function tilesOf(records: readonly string[]): TileAccess {
  return {
    base: "https://log.example",
    readBytes: (url) => {
      const width = Number(/^https:\/\/log\.example\/tile\/8\/0\/000(?:\.p\/(\d+))?$/.exec(url)?.[1] ?? 256);
      if (width !== records.length) return Promise.reject(new RequestFailure("absent", url, "404"));
      return Promise.resolve(Buffer.concat(records.map(recordHash)));
    },
  };
}

const range = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `record ${at}\n`);

describe("a log that forks", () => {
  test.each([
    [100, 200, 7],
    [128, 129, 127],
    [1, 256, 0],
    [255, 256, 254],
  ])("a tree of %i records is not the beginning of one of %i where record %i is another", async (older, newer, at) => {
    const log = makeLog();
    const kept = log.signHead(range(older));
    const others = range(newer).with(at, "another\n");
    const received = log.signHead(others);
    for (const [first, second] of [
      [kept, received],
      [received, kept],
    ] as const) {
      const { heads } = follow(first, log.key);
      const error = await rejectionOf(heads.follow(second, [tilesOf(others)]), ProvisionError);
      expect([error.code, error.exit, error.details]).toEqual([
        "log-forked",
        5,
        { kept: first.trimEnd(), received: second.trimEnd() },
      ]);
      expect(heads.newest()).toBe(first);
    }
  });

  test("two trees of one size are not the same log", async () => {
    const log = makeLog();
    const [one, other] = [log.signHead(range(40)), log.signHead(range(40).with(39, "another\n"))];
    const { heads } = follow(one, log.key);
    expect(await rejectionOf(heads.follow(other, [tilesOf([])]), ProvisionError)).toMatchObject({ code: "log-forked" });
  });

  test("and one that only grows is none, whatever the sizes", async () => {
    const log = makeLog();
    for (const newer of [2, 3, 8, 127, 129, 256]) {
      const access = tilesOf(range(newer));
      for (let older = 1; older <= newer; older += newer < 20 ? 1 : 42) {
        const { heads, notices } = follow(log.signHead(range(older)), log.key);
        const note = log.signHead(range(newer));
        await heads.follow(note, [access]);
        expect([heads.newest(), notices]).toEqual([note, []]);
      }
    }
  });
});
