// Rule: what readygo carries of a release's files holds at the install too: where the log, or the tree, says otherwise,
// two roots disagree, whatever proves the archive. --sha256 takes its place, as it does with every pinned hash.
import { afterAll, beforeAll, expect, it } from "vitest";
import { mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

let host: LabHost;
let mirror: Mirror;
let release: LabArchive;

beforeAll(async () => {
  // Pinned by the hash of its files alone, and signed; but with other files.
  release = await makeSmallRelease("1.27.4");
  host = await createHost();
  mirror = await host.startMirror({
    releases: [release],
    modules: [toolchainModule("1.26.8", "amd64")],
    names: [...Object.values(mirrorNames), mirrorSites.aliyun],
  });
});
afterAll(() => host?.destroy());

async function install(program: string, args: readonly string[]) {
  const words = ["/opt/readygo/node", program, "install", ...args, "--no-verify", "--json"];
  const run = await host.run(words, { env: { GOPROXY: mirror.proxyUrl } });
  return [run.status, readJson(run).error] as const;
}

it("the log's record against the pinned one", async () => {
  const h1 = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=";
  const other = h1.replace("ZOmG", "AOmG");
  host.write("/opt/other.mjs", host.read("/opt/readygo/dist/readygo.mjs").replaceAll(h1, other));
  const [status, error] = await install("/opt/other.mjs", ["1.26.8", "--source", "goproxy"]);
  expect([status, error?.code, error?.details]).toEqual([
    5,
    "roots-disagree",
    { "the pinned manifest": other, "the checksum database": `record 61743986 states ${h1}` },
  ]);
});

it("the tree against the pinned one, where the log has no answer; not where --sha256 names the archive", async () => {
  const args = ["1.27.4", "--source", `https://${mirrorSites.aliyun}/golang`];
  const [status, error] = await install("/opt/readygo/dist/readygo.mjs", args);
  expect([status, error?.code, error?.details["expected"]]).toEqual([
    5,
    "roots-disagree",
    "h1:8Tl0rBb7KdISSdPkZBjlpZxsUBb+004GI/SM2XbmSqI=",
  ]);
  expect(host.exists("/usr/local/go")).toBe(false);
  const named = [...args, "--sha256", release.sha256];
  expect(await install("/opt/readygo/dist/readygo.mjs", named)).toEqual([0, null]);
});
