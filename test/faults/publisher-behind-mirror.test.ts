// Rule: an archive of which any piece came from the publisher's own hosts is one that the publisher served: its JSON alone
// does not prove it.
import { statSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Faults, mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { shortBounds } from "../lab/servers/network-play.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

let host: LabHost;
let mirror: Mirror;
let release: LabArchive;
const aliyun = `https://${mirrorSites.aliyun}/golang`;
const part = "/usr/local/.readygo/partial/archive.part";

beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  host = await createHost();
  const names = [...Object.values(mirrorNames), mirrorSites.aliyun];
  mirror = await host.startMirror({ releases: [release], modules: [], names, isSigning: false });
});
afterAll(() => host?.destroy());
beforeEach(() => host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo"));

const half = (): number => Math.floor(release.size / 2);
const own = (): string => `https://${mirrorNames.downloads}/go/${release.filename}`;
const mirrored = (): string => `${mirrorSites.aliyun}/golang/${release.filename}`;

async function install(faults: Faults): Promise<readonly unknown[]> {
  await mirror.setFaults(faults);
  const args = ["install", "1.30.1", "--source", aliyun, "--no-verify", "--json", ...shortBounds];
  const run = await host.readygo(args);
  return [run.status, readJson(run).error?.code];
}

it("the JSON proves what a mirror served, all of it", async () => {
  expect(await install({})).toEqual([0, undefined]);
});

it("not where the mirror sends to the publisher for it", async () => {
  expect(await install({ [mirrored()]: { redirectTo: own() } })).toEqual([5, "policy-unmet"]);
});

it("nor for the rest, once its own connection was cut", async () => {
  const faults = { [mirrored()]: { cutAfterBytes: half(), times: 1, afterwards: { redirectTo: own() } } };
  expect(await install(faults)).toEqual([5, "policy-unmet"]);
});

it("nor where an earlier run had the first half from the publisher", async () => {
  await mirror.setFaults({ [`${mirrorNames.downloads}/go/${release.filename}`]: { stallAfterBytes: half() } });
  const wanted = ["install", "1.30.1", "--source", "publisher", "--sha256", release.sha256, "--no-verify"];
  const run = host.spawnReadygo(wanted);
  await waitFor("half of the archive", () => host.exists(part) && statSync(host.path(part)).size === half());
  await run.kill("SIGKILL");
  await run.exited;
  await mirror.forgetRequests();
  expect(await install({})).toEqual([5, "policy-unmet"]);
  const asked = (await mirror.requests()).filter(({ url }) => url.endsWith(".tar.gz"));
  expect(asked.map(({ range }) => range)).toEqual([`bytes=${half()}-`]);
});
