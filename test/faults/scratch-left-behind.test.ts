import { lstatSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

// The rule: in a directory where everybody may write, root deletes nothing but what root itself made there, and of that
// only what no living run needs.
describe("scratch of the gate in /tmp", () => {
  let host: LabHost;
  let argv: readonly string[];
  beforeEach(async () => {
    host = await createHost();
    await host.addUser("alice");
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
    argv = ["install", "1.30.1", "--json"];
  });
  afterEach(() => host?.destroy());

  const inTmp = (): readonly string[] =>
    [...host.snapshot(["/tmp"]).keys()].filter((path) => /^\/tmp\/[^/]+$/.test(path)).toSorted();

  it("of a run that was killed in its gate is removed by the next command, which keeps its hands off all else", async () => {
    const run = host.spawnReadygo(argv);
    await waitFor("what the run leaves in /tmp", () => inTmp().length > 0);
    await run.kill("SIGKILL");
    expect((await run.exited).signal).toBe("SIGKILL");
    const [left = ""] = inTmp();
    expect(left).toMatch(/^\/tmp\/readygo-[0-9a-f]{8}-\d+-\d+-\d+-\w{6}$/);
    expect(lstatSync(host.path(left)).mode & 0o777).toBe(0o700);

    // What somebody else can put there: a directory of their own, a link, and one that root made for other ends.
    const dead = left.slice(0, -6);
    await host.must(["mkdir", "-m", "700", `${dead}alice1`], { user: "alice" });
    await host.must(["ln", "-s", "/home/alice", `${dead}alice2`], { user: "alice" });
    await host.must(["mkdir", "-m", "755", `${dead}root03`, "/tmp/readygo-of-mine"]);
    // Of a run in a container that shares this /tmp; of one that lives: process 1; and of one before the last boot.
    const [, boot = "", namespace = "", pid = "", ticks = ""] = /-(\w{8})-(\d+)-(\d+)-(\d+)-/.exec(dead) ?? [];
    const initTicks = (await host.must(["cut", "-d", " ", "-f", "22", "/proc/1/stat"])).stdout.trim();
    const living = [
      `/tmp/readygo-${boot}-${Number(namespace) + 1}-${pid}-${ticks}-others`,
      `/tmp/readygo-${boot}-${namespace}-1-${initTicks}-living`,
    ];
    const lastBoot = `/tmp/readygo-00000000-${namespace}-1-${initTicks}-before`;
    await host.must(["mkdir", "-m", "700", ...living, lastBoot]);
    await host.must(["ln", "-s", "/home/alice", `${lastBoot}/link`]);

    const next = await host.readygo(["plan", "1.30.1", "--json"]);
    expect([next.status, readJson(next).status]).toEqual([0, "planned"]);
    expect(inTmp()).toEqual(
      [`${dead}alice1`, `${dead}alice2`, `${dead}root03`, "/tmp/readygo-of-mine", ...living].toSorted(),
    );
    expect(host.exists("/home/alice/.bashrc")).toBe(true);
  });

  it("of a run that was killed is removed by verify, too, whose own goes with it", async () => {
    expect(readJson(await host.readygo([...argv, "--no-verify"])).status).toBe("changed");
    const run = host.spawnReadygo(["verify", "--json"]);
    await waitFor("what the run leaves in /tmp", () => inTmp().length > 0);
    await run.kill("SIGKILL");
    await run.exited;
    expect(inTmp()).toHaveLength(1);
    await host.readygo(["verify", "--json"]);
    expect(inTmp()).toEqual([]);
  });
});
