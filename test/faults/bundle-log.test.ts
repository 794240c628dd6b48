// Rule: `bundle` asks the checksum database as `install` does: through this host's module proxy wherever the archives come
// from, and not at all where a setting forbids it, with a notice.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

let host: LabHost;
let mirror: Mirror;
const kit = "/root/kit";
const lookup = `${kit}/sumdb/sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64`;

beforeAll(async () => {
  host = await createHost();
  mirror = await host.startMirror({
    releases: [await officialRelease("1.26.8")],
    modules: [toolchainModule("1.26.8", "amd64")],
    names: [...Object.values(mirrorNames), mirrorSites.aliyun],
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

it("this host's module proxy has the record, where the archive is a mirror's and the database is out of reach", async () => {
  await mirror.setFaults({ [`${mirrorNames.checksums}/*`]: { down: true } });
  const run = await bundle(["--source", "aliyun"]);
  expect([run.status, readJson(run).error, host.exists(lookup)]).toEqual([0, null, true]);
  await mirror.setFaults({});
});
