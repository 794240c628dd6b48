// Rule: `bundle` asks the checksum database as `install` does: not at all where a setting forbids it, which is told.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Mirror } from "../lab/mirror.ts";
import { toolchainModule } from "../lab/modules.ts";
import { readJson } from "../lab/read-json.ts";
import { officialRelease } from "../lab/releases.ts";
import { createHost, type LabHost } from "../lab/throw-away-host.ts";

let host: LabHost;
let mirror: Mirror;
const kit = "/root/kit";

beforeAll(async () => {
  host = await createHost();
  mirror = await host.startMirror({
    releases: [await officialRelease("1.26.8")],
    modules: [toolchainModule("1.26.8", "amd64")],
  });
});
afterAll(() => host?.destroy());
beforeEach(async () => {
  await host.script(`rm -rf ${kit}`);
  await mirror.forgetRequests();
});

const bundle = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  host.readygo(["bundle", "1.26.8", "--arch", "amd64", "--output", kit, ...args, "--json"], {
    env: { GOPROXY: mirror.proxyUrl, ...env },
  });

it("nobody is asked where GOSUMDB=off says so", async () => {
  const run = await bundle([], { GOSUMDB: "off" });
  expect([run.status, readJson(run).error]).toEqual([0, null]);
  expect(run.stderr).toContain(
    "the bundle is without the checksum database's record: it is not asked: GOSUMDB=off in the environment",
  );
  expect((await mirror.requests()).filter(({ url, host: name }) => `${name}${url}`.includes("sum."))).toEqual([]);
  expect(host.exists(`${kit}/sumdb`)).toBe(false);
});
