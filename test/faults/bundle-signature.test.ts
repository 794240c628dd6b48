// Rule: what `bundle` writes beside an archive has proven it: a wrong signature or key never gets there, and one that lies
// there already is replaced once a right one can be had.
import { readFileSync } from "node:fs";
import { generateKey } from "openpgp";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Faults, mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { makeLabKey, signArchive } from "../lab/releases/signing-key.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

let host: LabHost;
let mirror: Mirror;
let release: LabArchive;
const right = { asc: "", key: "" };
const wrong = { asc: "", key: "" };
const kit = "/root/kit";
const keyName = "linux_signing_key.pub";

beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  const other = await makeSmallRelease("1.30.2");
  right.asc = readFileSync(await signArchive(release), "utf8");
  right.key = (await makeLabKey()).keyFile;
  wrong.asc = readFileSync(await signArchive(other), "utf8");
  wrong.key = (await generateKey({ userIDs: [{ name: "another" }], format: "object" })).publicKey.armor();
  host = await createHost();
  mirror = await host.startMirror({ releases: [release], modules: [] });
});
afterAll(() => host?.destroy());
beforeEach(() => host.script(`rm -rf ${kit}`));

const ascUrl = (): string => `${mirrorNames.downloads}/go/${release.filename}.asc`;
const keyUrl = `${mirrorNames.downloads}/linux/${keyName}`;

async function bundle(faults: Faults = {}): Promise<readonly [number | null, string | undefined]> {
  await mirror.setFaults(faults);
  const run = await host.readygo(["bundle", "1.30.1", "--arch", "amd64", "--output", kit, "--json"]);
  return [run.status, readJson(run).error?.code];
}
const here = (): readonly (string | undefined)[] =>
  [`${release.filename}.asc`, keyName].map((name) =>
    host.exists(`${kit}/${name}`) ? host.read(`${kit}/${name}`) : "",
  );

it("a signature of other bytes, or a key that is not the publisher's, is not written", async () => {
  expect(await bundle({ [ascUrl()]: { replaceBody: wrong.asc } })).toEqual([5, "signature-invalid"]);
  expect(here()).toEqual(["", ""]);
  expect(await bundle({ [keyUrl]: { replaceBody: wrong.key } })).toEqual([4, "sources-failed"]);
  expect(here()).toEqual(["", ""]);
  expect(await bundle()).toEqual([0, undefined]);
  expect(here()).toEqual([right.asc, right.key]);
});

it.each([
  ["signature", (): readonly string[] => [wrong.asc, right.key]],
  ["key", (): readonly string[] => [right.asc, wrong.key]],
] as const)("a wrong %s that is there is replaced, before the archive is and after", async (_, files) => {
  for (const isArchiveThere of [false, true]) {
    if (!isArchiveThere) await host.script(`mkdir ${kit}`);
    const [asc = "", key = ""] = files();
    host.write(`${kit}/${release.filename}.asc`, asc);
    host.write(`${kit}/${keyName}`, key);
    expect([isArchiveThere, ...(await bundle()), ...here()]).toEqual([
      isArchiveThere,
      0,
      undefined,
      right.asc,
      right.key,
    ]);
  }
});

it("what is there stays where the publisher has none", async () => {
  expect(await bundle()).toEqual([0, undefined]);
  await host.script(`rm ${kit}/${release.filename}`);
  expect(await bundle({ [ascUrl()]: { status: 404 }, [keyUrl]: { html200: true } })).toEqual([0, undefined]);
  expect(here()).toEqual([right.asc, right.key]);
});
