// Rule: what readygo carries of a release's files holds at the install too: where the log, or the tree, says otherwise,
// two roots disagree, whatever vouches for the archive. --sha256 takes its place, as it does with every pinned hash.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Faults, mirrorNames, mirrorSites } from "../lab/mirror-protocol.ts";
import type { Mirror } from "../lab/mirror.ts";
import { toolchainModule } from "../lab/modules.ts";
import { readJson } from "../lab/read-json.ts";
import { type LabArchive, officialRelease } from "../lab/releases.ts";
import { createHost, type LabHost } from "../lab/throw-away-host.ts";

let host: LabHost;
let mirror: Mirror;
let release: LabArchive;
const h1 = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=";
const other = "h1:AOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=";

beforeAll(async () => {
  release = await officialRelease("1.26.8");
  host = await createHost();
  // As if this readygo had been made when the release was another one.
  host.write("/opt/other.mjs", host.read("/opt/readygo/dist/readygo.mjs").replaceAll(h1, other));
  mirror = await host.startMirror({
    releases: [release],
    modules: [toolchainModule("1.26.8", "amd64")],
    names: [...Object.values(mirrorNames), mirrorSites.aliyun],
  });
});
afterAll(() => host?.destroy());

async function install(faults: Faults, ...more: readonly string[]) {
  await mirror.setFaults(faults);
  const args = ["install", "1.26.8", ...more, "--no-verify", "--json"];
  const run = await host.run(["/opt/readygo/node", "/opt/other.mjs", ...args], { env: { GOPROXY: mirror.proxyUrl } });
  return [run.status, readJson(run).error] as const;
}
const aliyun = ["--source", `https://${mirrorSites.aliyun}/golang`];
const noLog: Faults = {
  [`${mirrorNames.proxy}/sumdb/*`]: { status: 404 },
  [`${mirrorNames.checksums}/*`]: { status: 404 },
};

it.each([
  ["an archive", aliyun],
  ["a module zip", ["--source", "goproxy"]],
])("the log's record against the pinned one, for %s", async (_, from) => {
  const [status, error] = await install({}, ...from);
  expect([status, error?.code, error?.details]).toEqual([
    5,
    "roots-disagree",
    expect.objectContaining({
      "the pinned manifest": other,
      "the checksum database": `record 61743986 states ${h1}`,
    }),
  ]);
  expect(host.exists("/usr/local/go")).toBe(false);
});

it("the tree against the pinned one, where there is no log", async () => {
  const [status, error] = await install(noLog, ...aliyun);
  expect([status, error?.code, error?.details]).toEqual([
    5,
    "roots-disagree",
    expect.objectContaining({ expected: other, received: h1 }),
  ]);
  expect(host.exists("/usr/local/go")).toBe(false);
});

it("not against a tree that --sha256 names", async () => {
  expect(await install(noLog, ...aliyun, "--sha256", release.sha256)).toEqual([0, null]);
});
