// Rule (golang/go#80744, CVE-2026-56865): every tile is held against its parent, up to the signed root, whole. A proxy that
// forges one, two or all of them, as a set that fits together, brings no record into the tree.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { nodeHash, recordHash } from "../../src/trust/sumdb/tree-proof.ts";
import { type Changes, type LogAttack, type AttackedHost, lookupPath, prepareAttack, prepareAttackedHost, recordNumber } from "../lab/releases/log-attack.ts"; // prettier-ignore
import { rootOf, splitTile } from "../lab/releases/test-log.ts";
import { rejectionOf } from "../unit/thrown-by.ts";

let attack: LogAttack;
let host: AttackedHost;
beforeAll(async () => {
  attack = await prepareAttack({}, 132_000);
  host = await prepareAttackedHost(attack);
});
afterAll(() => host?.destroy());

// Of 132,000 records: 515 full tiles and one of 160, two full ones and one of 3 above them, and one of 2 above those.
const [leafTile, parentTile, topTile] = ["tile/8/0/117", "tile/8/1/000", "tile/8/2/000.p/2"];
const edgeTiles = ["tile/8/0/515.p/160", "tile/8/1/002.p/3"];
const all = [leafTile, parentTile, topTile, ...edgeTiles];

const tile = (path: string): Buffer => Buffer.from(attack.log.files.get(path) ?? Buffer.alloc(0));
const withHash = (content: Buffer, at: number, hash: Buffer): Buffer =>
  Buffer.concat(splitTile(content).with(at, hash));

/** The tiles on the record's way, changed from the leaf up so that each fits the one below; the first `count` of them. */
function forge(count: number): Changes {
  const leaves = withHash(tile(leafTile), recordNumber % 256, recordHash(attack.evil));
  const parents = withHash(tile(parentTile), Math.floor(recordNumber / 256), rootOf(splitTile(leaves)));
  const top = withHash(tile(topTile), 0, rootOf(splitTile(parents)));
  const forged = [
    [leafTile, leaves],
    [parentTile, parents],
    [topTile, top],
  ] as const;
  return { [lookupPath]: attack.log.lookup(recordNumber, attack.evil), ...Object.fromEntries(forged.slice(0, count)) };
}

/** The root over the top tile and what stands beside it at the right edge. */
function rootAbove(top: Buffer): Buffer {
  const [edge = [], edgeLeaves = []] = edgeTiles.map(tile).toReversed().map(splitTile);
  const right = nodeHash(rootOf(edge.slice(0, 2)), rootOf([...edge.slice(2), rootOf(edgeLeaves)]));
  return nodeHash(rootOf(splitTile(top)), right);
}

async function refusal(changes: Changes): Promise<readonly unknown[]> {
  const error = await rejectionOf(attack.lookUp(changes), ProvisionError);
  return [error.code, error.exit];
}
const wrongProof = ["log-proof-wrong", 5];

test("these are the tiles that a proof is made of", async () => {
  for (const path of all) {
    expect(tile(path).length).toBeGreaterThan(0);
    await expect(attack.lookUp({ [path]: undefined })).rejects.toThrow("404");
  }
  expect((await attack.lookUp({})).recordId).toBe(recordNumber);
  expect(attack.log.head).toContain(rootAbove(tile(topTile)).toString("base64"));
});

test.each([0, 1, 2, 3])("the attacker's record with %i tiles that fit it is refused", async (count) => {
  expect(await refusal(forge(count))).toEqual(wrongProof);
});

test("a set that fits together, and a head of its own, is refused by the head's signature", async () => {
  const root = rootAbove(Buffer.from(forge(3)[topTile] ?? ""));
  const head = attack.log.head.replace(/\n[^\n]+\n$/, `\n${root.toString("base64")}\n`);
  const [, signature] = attack.log.sign(attack.log.head).split("\n\n");
  const answer = `${recordNumber}\n${attack.evil}\n${head}\n${signature}`;
  expect(await refusal({ ...forge(3), [lookupPath]: answer })).toEqual(["log-signature-invalid", 5]);
});

test.each(all)("%s of zeros, or with any one hash changed, is refused though the record is the log's", async (path) => {
  const content = tile(path);
  expect(await refusal({ [path]: Buffer.alloc(content.length) })).toEqual(wrongProof);
  const hashes = splitTile(content);
  for (const at of new Set([0, 1, Math.floor(hashes.length / 2), hashes.length - 1])) {
    const own = path === leafTile && at === recordNumber % 256;
    if (at < hashes.length && !own) expect(await refusal({ [path]: withHash(content, at, recordHash("other")) })).toEqual(wrongProof); // prettier-ignore
  }
});

test("all tiles of zeros are refused, with the attacker's record and with the log's", async () => {
  const zeros = Object.fromEntries(all.map((path) => [path, Buffer.alloc(tile(path).length)]));
  expect(await refusal(zeros)).toEqual(wrongProof);
  expect(await refusal({ ...forge(0), ...zeros })).toEqual(wrongProof);
});

test.each(["tile/8/2/000.p/2", "tile/8/0/515.p/160", "tile/8/1/002.p/3"])(
  "a forged full tile where the partial one (%s) is not there is refused, and the right one taken",
  async (path) => {
    const full = path.replace(/\.p\/\d+$/, "");
    const right = Buffer.concat([tile(path), Buffer.alloc(256 * 32 - tile(path).length)]);
    expect((await attack.lookUp({ [path]: undefined, [full]: right })).recordId).toBe(recordNumber);
    for (const forged of [withHash(right, 0, recordHash("other")), Buffer.alloc(256 * 32)])
      expect(await refusal({ [path]: undefined, [full]: forged })).toEqual(wrongProof);
    expect(await refusal({ ...forge(3), [path]: undefined, [full]: right })).toEqual(wrongProof);
  },
);

test("by none of them another zip comes onto a host, and by the log as it is the release does", async () => {
  const full = { [topTile]: undefined, "tile/8/2/000": Buffer.concat([Buffer.from(forge(3)[topTile] ?? ""), Buffer.alloc(254 * 32)]) }; // prettier-ignore
  for (const changes of [forge(2), forge(3), { ...forge(3), ...full }]) {
    expect(await host.install("evil", changes)).toEqual({ exit: 5, code: "log-proof-wrong" });
    expect(host.host.exists("/usr/local/go")).toBe(false);
  }
  expect(await host.install("honest", {})).toEqual({ exit: 0, code: "" });
});
