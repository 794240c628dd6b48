import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shortBounds } from "../lab/servers/network-play.ts";
import { mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

// Rule: what an earlier run had fetched is used again, and trusted no more than what a server sends.
describe("a run that was cut off in its download", () => {
  let host: LabHost;
  let mirror: Mirror;
  let release: LabArchive;
  const part = "/usr/local/.readygo/partial/archive.part";
  const wanted = ["install", "1.30.2", "--source", "publisher", "--no-verify", "--json"];
  const install = [...wanted, ...shortBounds];
  const archives = `${mirrorNames.downloads}/go/*.tar.gz`;
  const half = (): number => Math.floor(release.size / 2);

  beforeAll(async () => {
    release = await makeSmallRelease("1.30.2");
    host = await createHost();
    mirror = await host.startMirror({ releases: [release], modules: [] });
  });
  afterAll(() => host?.destroy());

  /** Ends a run by a signal once it has half of the archive. */
  async function cutOff(signal: NodeJS.Signals): Promise<number | null> {
    await host.readygo(["uninstall"]);
    await mirror.setFaults({ [archives]: { stallAfterBytes: half() } });
    const run = host.spawnReadygo(wanted);
    await waitFor("half of the archive", () => host.exists(part) && statSync(host.path(part)).size === half());
    await run.kill(signal);
    const { status } = await run.exited;
    await mirror.setFaults({});
    await mirror.forgetRequests();
    return status;
  }
  const archiveRequests = async (): Promise<readonly string[]> =>
    (await mirror.requests())
      .filter(({ host, url }) => host === mirrorNames.downloads && url.endsWith(".tar.gz"))
      .map(({ range }) => range);

  it.each([
    ["SIGKILL", null],
    ["SIGINT", 130],
  ] as const)("by %s has its bytes used by the next, which leaves nothing over", async (signal, exit) => {
    expect(await cutOff(signal)).toBe(exit);
    expect((statSync(host.path("/usr/local/.readygo/partial")).mode & 0o777).toString(8)).toBe("700");
    const run = await host.readygo(install);
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.30.2" });
    expect(await archiveRequests()).toEqual([`bytes=${half()}-`]);
    expect(host.exists("/usr/local/.readygo/partial")).toBe(false);
    expect(run.stderr).toContain(`${half()} bytes were there already, and are checked again`);
  });

  it.each([
    ["in the middle", 1000],
    ["from the first on", 0],
  ])("and whose bytes were changed since, %s, has all of it fetched anew, once, and says so", async (_, from) => {
    await cutOff("SIGKILL");
    writeFileSync(
      host.path(part),
      Buffer.concat([readFileSync(release.path).subarray(0, from), Buffer.alloc(half() - from)]),
    );
    const run = await host.readygo(install);
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.30.2" });
    expect(await archiveRequests()).toEqual([`bytes=${half()}-`, ""]);
    expect(run.stderr).toContain("with what was there already it is not the release; fetching all of it");
  });

  it("and whose source then sends other bytes too ends as a mismatch, with nothing kept", async () => {
    await cutOff("SIGKILL");
    writeFileSync(host.path(part), Buffer.alloc(half(), 0x1f));
    await mirror.setFaults({ [archives]: { corruptByteAt: half() + 1 } });
    const run = await host.readygo(install);
    expect([run.status, readJson(run).error?.code]).toEqual([5, "checksum-mismatch"]);
    expect(await archiveRequests()).toEqual([`bytes=${half()}-`, ""]);
    expect(host.exists("/usr/local/.readygo")).toBe(false);
  });

  it("and whose bytes too little proves is not fetched anew: nothing is against them", async () => {
    await cutOff("SIGKILL");
    // The log answers no sooner than the archive is whole.
    await mirror.setFaults({
      [`${mirrorNames.proxy}/sumdb/*`]: { status: 404, delayMs: 3000 },
      [`${mirrorNames.checksums}/*`]: { status: 404, delayMs: 3000 },
    });
    const run = await host.readygo([...install, "--trust", "log"]);
    expect([run.status, readJson(run).error?.code]).toEqual([5, "policy-unmet"]);
    expect(await archiveRequests()).toEqual([`bytes=${half()}-`]);
  });

  it("and that had more bytes than the release has them cut to its size", async () => {
    await cutOff("SIGKILL");
    appendFileSync(host.path(part), Buffer.alloc(release.size));
    expect(readJson(await host.readygo(install))).toMatchObject({ status: "changed" });
  });

  it("leaves nothing to an uninstall", async () => {
    await cutOff("SIGKILL");
    expect(readJson(await host.readygo(["uninstall", "--json"]))).toMatchObject({
      status: "changed",
      changes: [{ path: "/usr/local/.readygo/partial", change: "removed" }],
    });
    expect(host.exists("/usr/local/.readygo")).toBe(false);
  });
});
