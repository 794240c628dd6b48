import { lstatSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { stockReleases } from "../lab/releases/release-shelf.ts";
import { makeSmallRelease, officialRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost, withHost } from "../lab/hosts/throw-away-host.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

describe("a run that does not come to its end", () => {
  let host: LabHost;
  let mirror: Mirror;
  const places = ["/usr/local", "/etc", "/root", "/home", "/var/lib/readygo", "/run"];
  const archive = "dl.google.com/go/go1.26.8.linux-amd64.tar.gz";

  beforeAll(async () => {
    const shelf = await stockReleases("1.30.1");
    host = await createHost({ bind: shelf.bind });
    mirror = await host.startMirror({
      releases: [await officialRelease("1.26.8"), await makeSmallRelease("1.30.1")],
      modules: [],
    });
    expect(readJson(await host.readygo(["install", ...shelf.words("1.30.1"), "--no-verify", "--json"]))).toMatchObject({
      status: "changed",
      error: null,
    });
  });
  afterAll(() => host?.destroy());

  /** All but what came of the archive: that is kept for the next run to go on from. */
  const look = (): unknown =>
    [...host.snapshot(places)]
      .filter(([path]) => path !== "/usr/local/.readygo" && !path.startsWith("/usr/local/.readygo/partial"))
      .map(([path, entry]) => [path, { ...entry, mtimeNs: entry.kind === "directory" ? "" : entry.mtimeNs }]);

  /** Starts an install that hangs in the download: early, since what comes faster than 8 MiB in half a second is not kept. */
  async function startStalled() {
    await mirror.setFaults({ [archive]: { stallAfterBytes: 4_000_000 } });
    // Of the run before: this one is to come as far by itself.
    await host.must(["rm", "-rf", "/usr/local/.readygo/partial"]);
    const run = host.spawnReadygo(["install", "1.26.8", "--no-verify", "--json"]);
    const part = "/usr/local/.readygo/partial/archive.part";
    const hasStalled = () => host.exists(part) && lstatSync(host.path(part)).size === 4_000_000;
    await waitFor("a part of the archive", () => host.exists("/var/lib/readygo/journal") && hasStalled());
    return run;
  }

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("puts everything back on %s, and exits with %i", async (signal, exit) => {
    const before = look();
    const run = await startStalled();
    await run.kill(signal);
    expect((await run.exited).status).toBe(exit);
    expect(look()).toEqual(before);
    await mirror.setFaults({});
  });

  it("keeps another run out while it works, names itself, and lets it wait", async () => {
    const run = await startStalled();
    const other = await host.readygo(["install", "1.26.8", "--json"]);
    expect([other.status, readJson(other).error?.code, readJson(other).error?.details["command"]]).toEqual([
      8,
      "locked",
      "readygo install 1.26.8 --no-verify --json",
    ]);
    const waiting = host.readygo(["install", "1.30.1", "--wait", "30", "--json"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await run.kill("SIGTERM");
    expect((await run.exited).status).toBe(143);
    expect(readJson(await waiting).status).toBe("unchanged");
    await mirror.setFaults({});
  });

  it("is undone by the next command, whichever that is, where it was killed; its lock is recognised as stale", async () => {
    const before = look();
    const run = await startStalled();
    await run.kill("SIGKILL");
    expect((await run.exited).signal).toBe("SIGKILL");
    expect(host.exists("/usr/local/.readygo/staging")).toBe(true);
    const next = await host.readygo(["plan", "1.30.1", "--json"]);
    expect(next.stderr).toContain("an earlier install was cut off: it was rolled back");
    expect(readJson(next).status).toBe("unchanged");
    expect(look()).toEqual(before);
    await mirror.setFaults({});
  });

  it("whose journal was lost is left where it is, and nothing is touched because of it", async () => {
    await host.must(["mkdir", "-p", "/usr/local/.readygo/staging/20260101T000000000Z/superseded"]);
    const before = host.snapshot(places);
    expect(readJson(await host.readygo(["install", "1.30.1", "--json"])).status).toBe("unchanged");
    expect(host.snapshot(places)).toEqual(before);
    await host.must(["rm", "-r", "/usr/local/.readygo/staging"]);
  });

  it("holds no lock as a zombie, which it stays in a container whose process 1 never waits for it", async () => {
    const parent = host.spawn(["bash", "-c", "sleep 0.1 & echo $! >/run/zombie; exec sleep 100"]);
    await host.script(`until grep -q ' Z ' /proc/$(cat /run/zombie)/stat; do sleep 0.1; done
      mkdir -m 700 /run/readygo
      set -- $(cat /proc/$(cat /run/zombie)/stat)
      printf '{"pid":%s,"startTicks":"%s","bootId":"%s","command":"readygo install"}' \
        $1 \${22} $(cat /proc/sys/kernel/random/boot_id) >/run/readygo/lock`);
    expect(readJson(await host.readygo(["uninstall", "--json"])).status).toBe("changed");
    await parent.kill("SIGKILL");
    await parent.exited;
  });
});

it("an uninstall that was killed before its last act is ended by the next command", async () => {
  await withHost({}, async (host) => {
    await host.must(["mkdir", "-m", "700", "/var/lib/readygo"]);
    const { status } = readJson(await host.readygo(["uninstall", "--json"]));
    expect([status, host.exists("/var/lib/readygo")]).toEqual(["unchanged", false]);
  });
});
