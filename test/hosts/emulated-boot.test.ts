import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { makeCertificates } from "../lab/servers/certificates.ts";
import { createEmulatedMachine, type EmulatedMachine, machineGateway } from "../lab/boot/emulated-machine.ts";
import { mirrorNames, releaseName } from "../lab/servers/mirror-protocol.ts";
import { listTroubles, readJson } from "../lab/hosts/read-json.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { releaseTlsBase, startReleaseServer } from "../lab/servers/release-server.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";

// A computer with a kernel of its own, in software, that cloud-init sets up with what `readygo cloud-init` prints: the
// bootstrap and the single file of a release come over HTTPS from loopback, and nothing else is reachable.
describe("an emulated machine", () => {
  let machine: EmulatedMachine | undefined;
  let isSetUp = false;
  let requests: readonly string[] = [];
  const minutes = 60_000;
  afterAll(() => machine?.destroy());

  const patient = ["--config", "/lab/slow.ini", "--source", `https://${mirrorNames.downloads}/go`];
  const result = async (on: EmulatedMachine): Promise<ReturnType<typeof readJson>> =>
    readJson(await on.must(["cat", "/run/readygo-cloud-init.json"]));
  const goVersion = async (on: EmulatedMachine): Promise<string> =>
    (await on.must(["su", "-", "debian", "-c", "go version"])).stdout;

  /** As a cloud does: names that lead somewhere come with the machine, all else with the user-data. */
  async function seed(on: EmulatedMachine, instance: string, words: readonly string[], step: string): Promise<void> {
    const names = [...Object.values(mirrorNames), releaseName].join(" ");
    const { stdout } = await on.around.readygo(["cloud-init", ...words, "--user", "debian"]);
    await on.seed({
      "meta-data": `instance-id: ${instance}\nlocal-hostname: lab\n`,
      "vendor-data": `#cloud-config\nbootcmd: ["grep -q lab.test /etc/hosts || echo ${machineGateway} ${names} >>/etc/hosts"]\n`,
      "user-data": `${stdout.trimEnd()}\n  - ${step}\n`,
    });
  }

  it("has a verified Go after its first boot", { timeout: 30 * minutes }, async (context) => {
    if (process.env["READYGO_FULL"] !== "1") skipBecause(context, "emulated, minutes: npm run hosts -- --full");
    machine = await createEmulatedMachine();
    const { around } = machine;
    const releases = [await makeSmallRelease("1.30.1"), await makeSmallRelease("1.30.2")];
    const names = [...Object.values(mirrorNames), releaseName];
    await around.startMirror({ releases, names, isSigning: false });
    ({ requests } = await startReleaseServer(around, { "": await releaseFiles() }, { isTls: true }));
    around.write("/lab/ca.pem", readFileSync((await makeCertificates()).authority, "utf8"));

    // The publisher's first answer has 3 s, in which this machine does not come to reading it: its files by another way.
    around.write("/lab/slow.ini", "[source]\nconnect-timeout = 120\n[verify]\ntimeout = 900\n");
    const words = [
      ...pinRelease(await makeSmallRelease("1.30.1")),
      ...patient,
      "--base",
      releaseTlsBase,
      "--ca-file",
      "/lab/ca.pem",
    ];
    await seed(machine, "first", words, "mkdir /srv/app && go version >/srv/app/version");
    const startedAt = performance.now();
    const status = await machine.boot();
    process.stderr.write(`first boot: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
    const log = (await machine.must(["cat", "/var/log/readygo.log"])).stdout;
    const first = await result(machine);
    expect([first.status, first.version, listTroubles(first)], log).toEqual(["changed", "go1.30.1", []]);
    expect(status).toMatch(/^status: done$/m);
    expect(await goVersion(machine)).toBe("go version go1.30.1 linux/amd64\n");
    expect((await machine.must(["cat", "/srv/app/version"])).stdout).toBe("go version go1.30.1 linux/amd64\n");
    expect(requests).toEqual(["/bootstrap.sh", "/readygo-linux-amd64.gz"]);
    isSetUp = true;
  });

  it("is left as it is by its second boot", { timeout: 15 * minutes }, async (context) => {
    if (machine === undefined || !isSetUp) skipBecause(context, "no machine was set up: npm run hosts -- --full");
    const startedAt = performance.now();
    expect(await machine.reboot()).toMatch(/^status: done$/m);
    process.stderr.write(`second boot: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
    const { status, changes, checks } = await result(machine);
    expect([status, changes, checks]).toEqual(["unchanged", [], []]);
    expect(requests).toHaveLength(2);
  });

  it(
    "bounds what it starts by a cgroup, which this machine cannot show",
    { timeout: 30 * minutes },
    async (context) => {
      if (machine === undefined || !isSetUp) skipBecause(context, "no machine was set up: npm run hosts -- --full");
      // What leaves its parent, session and group.
      const line = "setsid -f setsid sleep 86399 </dev/null >/dev/null 2>&1";
      await machine.must(["sh", "-c", `echo '${line}' >>/home/debian/.profile`]);
      const { status, stderr, stdout } = await machine.run(["readygo", "verify", "--user", "debian", "--verbose"], {
        timeoutMs: 25 * minutes,
      });
      expect([status, stderr], stdout).toEqual([0, expect.stringContaining("children are bounded by a cgroup")]);
      expect((await machine.run(["pgrep", "-f", "sleep 86399"])).stdout).toBe("");
      expect((await machine.run(["find", "/sys/fs/cgroup", "-name", "readygo-*"])).stdout).toBe("");
      await machine.must(["sed", "-i", "/86399/d", "/home/debian/.profile"]);
    },
  );

  it("is upgraded by new user-data with a newer version", { timeout: 15 * minutes }, async (context) => {
    if (machine === undefined || !isSetUp) skipBecause(context, "no machine was set up: npm run hosts -- --full");
    await machine.powerOff();
    const words = [...pinRelease(await makeSmallRelease("1.30.2")), ...patient, "--ca-file", "/lab/ca.pem"];
    await seed(machine, "second", words, "go version >/srv/app/version");
    const startedAt = performance.now();
    expect(await machine.boot()).toMatch(/^status: done$/m);
    process.stderr.write(`boot with new user-data: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
    const { status, version, previous, error } = await result(machine);
    expect([status, version, previous, error]).toEqual(["changed", "go1.30.2", "go1.30.1", null]);
    expect(await goVersion(machine)).toBe("go version go1.30.2 linux/amd64\n");
    expect((await machine.must(["cat", "/srv/app/version"])).stdout).toBe("go version go1.30.2 linux/amd64\n");
  });
});
