// Rule: which subkeys the publisher has revoked, the publisher's own key file says, not the one that a mirror has; and a
// mirror's old file is no word against right bytes.
import { readFileSync } from "node:fs";
import { enums, generateKey, readPrivateKey, type SecretKeyPacket } from "openpgp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fault, type Faults, mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { makeLabKey, signArchive } from "../lab/releases/signing-key.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

let host: LabHost;
let mirror: Mirror;
let release: LabArchive;
const keys = { right: "", revoked: "", foreign: "" };
const own = `${mirrorNames.downloads}/linux/linux_signing_key.pub`;
const mirrored = `${mirrorSites.aliyun}/golang/linux_signing_key.pub`;

beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  const lab = await makeLabKey();
  keys.right = lab.keyFile;
  const key = await readPrivateKey({ armoredKey: lab.privateKey });
  const flag = enums.reasonForRevocation.keyCompromised;
  key.subkeys = await Promise.all(key.subkeys.map((each) => each.revoke(key.keyPacket as SecretKeyPacket, { flag })));
  keys.revoked = key.toPublic().armor();
  keys.foreign = (await generateKey({ userIDs: [{ name: "another" }], format: "object" })).publicKey.armor();
  host = await createHost();
  for (const [name, text] of Object.entries(keys)) {
    host.write(`/srv/${name}/${release.filename}`, readFileSync(release.path));
    host.write(`/srv/${name}/${release.filename}.asc`, readFileSync(await signArchive(release)));
    host.write(`/srv/${name}/linux_signing_key.pub`, text);
  }
  mirror = await host.startMirror({
    releases: [release],
    modules: [],
    names: [...Object.values(mirrorNames), mirrorSites.aliyun],
  });
});
afterAll(() => host?.destroy());

/** Exit, code, and the roots that proved it. */
async function install(faults: Faults, source: string): Promise<readonly unknown[]> {
  await mirror.setFaults(faults);
  await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
  const run = await host.readygo(["install", "1.30.1", "--source", source, "--no-verify", "--json"]);
  if (run.status !== 0) return [run.status, readJson(run).error?.code];
  const { trust } = JSON.parse(host.read("/var/lib/readygo/receipt.json")) as { trust: { root: string }[] };
  return [0, ...trust.map(({ root }) => root)];
}

const aliyun = `https://${mirrorSites.aliyun}/golang`;
const is = (replaceBody: string): Fault => ({ replaceBody });
const down: Fault = { down: true };

it("a mirror cannot cut out the revocation that the publisher's key file has", async () => {
  const faults = { [own]: is(keys.revoked), [mirrored]: is(keys.right) };
  expect(await install(faults, aliyun)).toEqual([5, "signature-invalid"]);
});

it("a mirror's old or foreign key file changes nothing where the publisher's can be had", async () => {
  for (const old of [keys.foreign, keys.revoked])
    expect(await install({ [mirrored]: is(old) }, aliyun)).toEqual([0, "publisher", "signature"]);
});

it("and takes the signature out where it cannot: others prove it, or nothing does", async () => {
  for (const old of [keys.foreign, keys.revoked])
    expect(await install({ [own]: down, [mirrored]: is(old) }, aliyun)).toEqual([0, "publisher"]);
});

it("a mirror's key file is used where the publisher's cannot be had, and is named", async () => {
  expect(await install({ [own]: down, [mirrored]: is(keys.right) }, aliyun)).toEqual([0, "publisher", "signature"]);
  expect(host.read("/var/lib/readygo/receipt.json")).toContain(`, with the key in ${aliyun}/linux_signing_key.pub"`);
});

it("a key file beside a local archive is taken alike", async () => {
  expect(await install({}, "/srv/right")).toEqual([0, "signature"]);
  for (const old of ["/srv/foreign", "/srv/revoked"]) expect(await install({}, old)).toEqual([0, "publisher"]);
});
