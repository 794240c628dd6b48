import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFleet, type Fleet } from "../lab/fleet/fleet.ts";
import { deployer } from "../lab/fleet/inventory.ts";
import { startFileServer } from "../lab/fleet/file-server.ts";
import { play, playDirectory, type Played } from "../lab/fleet/play.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { makeBundles, readResults } from "../lab/fleet/rolling-fleet.ts";

// Hosts with something wrong with each: every one is named in the summary with its cause, and the others are finished.
let fleet: Fleet;
let played: Played;
let server: Awaited<ReturnType<typeof startFileServer>>;

const own = "own-gate";

describe.runIf(isFullMode)("a fleet in trouble (needs the full mode)", () => {
  beforeAll(async () => {
    const names = ["good", "fine", "slow", "gone", "no-sudo", "other-arch", "no-readygo", "absent", own];
    fleet = await createFleet({
      hosts: { ...Object.fromEntries(names.map((name) => [name, {}])), full: { sizeMiB: 24 } },
    });
    const { control } = fleet;
    await makeBundles(fleet);
    server = await startFileServer(fleet, "/srv/www");
    const good = `${server.base}/good`;
    await fleet.host(own).must(["readygo", "install", "1.30.1", "--source", good, "--no-verify"]);
    await fleet.host("no-sudo").script(`rm /etc/sudoers.d/${deployer}`);
    // As far as a host of another kind can be imitated: its package manager says so.
    fleet.host("other-arch").write("/usr/bin/dpkg", "#!/bin/sh\necho arm64\n", 0o755);
    await fleet.host("no-readygo").script("rm /usr/local/bin/readygo");
    await fleet.unplug("absent");
    await fleet.host(own).script("touch /etc/gate-fails");
    const vars = (name: string, value: unknown) =>
      control.write(`${playDirectory}/host_vars/${name}.yml`, JSON.stringify(value));
    vars("slow", { upgrade_source: `${server.slowBase}/good`, upgrade_download_timeout: 4 });
    control.write(`${playDirectory}/gate.yml`, JSON.stringify(gate));
    control.write(`${playDirectory}/group_vars/all.yml`, JSON.stringify({ upgrade_source: good }));
    control.write(`${playDirectory}/roll.yml`, JSON.stringify(roll));
    const rolling = play(fleet, "roll.yml", {
      extra: { upgrade_version: "1.30.2", upgrade_gate: `${playDirectory}/gate.yml` },
    });
    const state = { isOver: false };
    void rolling.then(() => (state.isOver = true));
    while (!state.isOver && !fleet.host("gone").exists("/run/gate")) await sleep(50);
    await fleet.unplug("gone");
    played = await rolling;
  });
  afterAll(async () => {
    await server?.stop();
    await fleet?.destroy();
  });

  const roll = [
    {
      hosts: "all",
      gather_facts: false,
      become: true,
      serial: 20,
      max_fail_percentage: 100,
      roles: ["readygo.go.upgrade"],
    },
  ];

  /** What this fleet asks of a host with a new Go. */
  const gate = [
    { name: "Our services start", "ansible.builtin.command": "test ! -e /etc/gate-fails", changed_when: false },
    {
      name: "Our services answer",
      "ansible.builtin.shell": "touch /run/gate; sleep 120",
      changed_when: false,
      when: "inventory_hostname == 'gone'",
    },
  ];

  it("names each with its cause in a file, and finishes the others", () => {
    expect(readResults(fleet), played.text).toEqual({
      good: "changed",
      fine: "changed",
      slow: "failed: sources-failed",
      full: "failed: space-missing",
      gone: "failed: unreachable",
      absent: "failed: unreachable",
      "no-sudo": "failed: task-failed",
      "no-readygo": "failed: readygo-missing",
      "other-arch": "failed: version-unknown",
      [own]: "failed: task-failed",
    });
    for (const name of ["good", "fine"]) expect(fleet.host(name).read("/usr/local/go/VERSION")).toContain("go1.30.2");
  });

  it("brings the former Go back where the fleet's own gate fails", () => {
    expect(fleet.host(own).read("/usr/local/go/VERSION")).toContain("go1.30.1");
    const file = readFileSync(fleet.control.path(`${playDirectory}/results/${own}.json`), "utf8");
    expect(JSON.parse(file)).toMatchObject({ command: "rollback", status: "failed", version: "go1.30.1" });
  });

  it("says all of it in the summary", () => {
    const summary = played.text.split("READYGO")[1] ?? "";
    const line = (name: string) => summary.split("\n").find((one) => one.startsWith(`${name} `)) ?? summary;
    expect(line("good")).toMatch(/changed +go1\.30\.2/);
    expect(line("full")).toMatch(/space-missing: .*\/usr\/local/);
    expect(line("slow")).toMatch(/sources-failed: .*4 s/);
    expect(line("no-sudo")).toMatch(/task-failed: .*Upgrade Go: .*sudo/);
    expect(line("gone")).toMatch(/unreachable: /);
    expect(line("other-arch")).toMatch(/version-unknown: .*linux-arm64/);
    expect(line(own)).toMatch(/Our services start: .*; go1\.30\.1 is back/);
  });
});
