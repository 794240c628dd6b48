import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fillDisk, mountReadOnly } from "../lab/kills/kill-full-disk.ts";
import { findOperation } from "../lab/kills/kill-operations.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type HostOptions, type LabHost } from "../lab/hosts/throw-away-host.ts";

describe("a disk that cannot take it", () => {
  let host: LabHost;
  afterEach(() => host?.destroy());

  let release: LabArchive;
  async function start(options: HostOptions): Promise<readonly string[]> {
    release = await makeSmallRelease("1.30.1");
    host = await createHost({ ...options, bind: [{ from: dirname(release.path), to: "/opt/releases" }] });
    return ["install", "1.30.1", "--source", "/opt/releases", "--sha256", release.sha256, "--no-verify", "--json"];
  }
  const look = (): unknown =>
    [...host.snapshot(["/usr/local", "/etc", "/root", "/var/lib/readygo", "/run/readygo"])].map(([path, entry]) => [
      path,
      { ...entry, mtimeNs: "" },
    ]);

  it("is refused before anything is begun where it is too small", async () => {
    const argv = await start({ sizeMiB: 64 });
    const before = look();
    const run = await host.readygo(argv);
    expect([run.status, readJson(run).error?.code]).toEqual([3, "space-missing"]);
    expect(look()).toEqual(before);
  });

  it("that somebody else fills in the middle of a run has everything rolled back, and is used once there is room", async () => {
    const tally = await fillDisk(findOperation("install"), { atMost: 3 });
    expect(tally).toMatchObject({ points: 3, broken: [] });
  });

  // There is a state already, with files in it: nothing of it can be taken away, and nothing has to be.
  it("that is read-only at /var/lib is left as it is in an upgrade, too", async () => {
    const tally = await mountReadOnly(findOperation("upgrade"), { places: ["/var/lib"] });
    expect(tally).toMatchObject({ points: 1, broken: [] });
  });

  it.each(["/usr/local", "/var/lib", "/etc", "/run"])("that is read-only at %s is left as it is", async (place) => {
    const argv = await start({});
    const before = look();
    await host.must(["mount", "--bind", place, place]);
    await host.must(["mount", "-o", "remount,ro,bind", place]);
    const run = await host.readygo(argv);
    await host.must(["umount", place]);
    expect(run.status).toBe(3);
    expect(readJson(run).error?.code).toBe("place-read-only");
    expect(look()).toEqual(before);
    expect(readJson(await host.readygo(argv)).status).toBe("changed");
  });
});
