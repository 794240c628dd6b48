// Rule: a signature is over bytes, not over a name. A release that is rightly signed is not taken for another one: neither by
// install, nor by bundle, which others will trust.
import { copyFileSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { makeLabKey, signArchive } from "../lab/releases/signing-key.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

const name = "go1.30.2.linux-amd64.tar.gz";
let host: LabHost;

beforeAll(async () => {
  const older = await makeSmallRelease("1.30.1");
  host = await createHost();
  host.write("/srv/kit/linux_signing_key.pub", (await makeLabKey()).keyFile);
  host.write(`/srv/kit/${name}.asc`, readFileSync(await signArchive(older), "utf8"));
  copyFileSync(older.path, host.path(`/srv/kit/${name}`));
});
afterAll(() => host?.destroy());

it.each([
  ["install", ["install", "1.30.2", "--source", "/srv/kit"]],
  ["bundle", ["bundle", "1.30.2", "--arch", "amd64", "--source", "/srv/kit", "--output", "/srv/kit"]],
] as const)("%s refuses an older release under a newer one's name", async (_, args) => {
  const run = await host.readygo([...args, "--json"]);
  expect([run.status, readJson(run).error?.code]).toEqual([5, "tree-wrong"]);
  expect(host.exists("/usr/local/go")).toBe(false);
});
