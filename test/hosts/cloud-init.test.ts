import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatConfig, parseConfig } from "../../src/cli/config.ts";
import { createBootedHost, seedCloudInit, type BootedHost } from "../lab/boot/booted-host.ts";
import type { CommandResult } from "../lab/hosts/command.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { mirrorNames, releaseName } from "../lab/servers/mirror-protocol.ts";
import { listTroubles, readJson } from "../lab/hosts/read-json.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { releaseTlsBase, startReleaseServer } from "../lab/servers/release-server.ts";
import { type LabArchive, makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

const result = "/run/readygo-cloud-init.json";

// A machine on which nobody ever logs in: cloud-init 22.4 of Debian 12 under systemd, from a NoCloud seed. The bootstrap
// and the single file are a release's own, served over HTTPS. Each boot is one chapter; the disk stays.
describe("a machine that cloud-init sets up", () => {
  let machine: BootedHost;
  let mirror: Mirror;
  let requests: readonly string[];
  let releases: readonly LabArchive[];

  beforeAll(async () => {
    machine = await createBootedHost();
    const broken = await makeSmallRelease("1.30.3", { files: { "go.env": "GOSUMDB=sum.golang.org\n" } });
    releases = [await makeSmallRelease("1.30.1"), await makeSmallRelease("1.30.2"), broken];
    const names = [...Object.values(mirrorNames), releaseName];
    mirror = await machine.startMirror({ releases, names, isSigning: false });
    ({ requests } = await startReleaseServer(machine.around, { "": await releaseFiles() }, { isTls: true }));
    machine.around.write("/etc/hosts", `127.0.0.1 localhost ${releaseName}\n`);
    machine.around.write("/lab/ca.pem", machine.read(mirror.caFile));
  });
  afterAll(() => machine?.destroy());

  const fromNothing = ["--base", releaseTlsBase, "--ca-file", "/lab/ca.pem"];

  /** The user-data that `readygo cloud-init` prints, and a user's own steps after it. */
  async function userData(args: readonly string[], steps: readonly string[] = []): Promise<string> {
    const { stdout } = await machine.around.must([
      "/opt/readygo/node",
      "/opt/readygo/dist/readygo.mjs",
      "cloud-init",
      ...args,
    ]);
    return [stdout.trimEnd(), ...steps.map((step) => `  - ${step}`), ""].join("\n");
  }

  /** What the shipped readygo, which the lab's key says nothing to, installs: version and hash. */
  const pinned = (at: number): readonly string[] => releases.slice(at, at + 1).flatMap(pinRelease);

  const status = async (): Promise<string | undefined> =>
    /^status: (.*)$/m.exec((await machine.run(["cloud-init", "status", "--long"])).stdout)?.[1];
  const outcome = async (): Promise<ReturnType<typeof readJson>> => readJson(await machine.must(["cat", result]));

  it("has a verified Go after its first boot, and the user's own steps find it", async () => {
    const step = "mkdir /srv/app && cd /srv/app && go version >version && go env GOROOT GOCACHE >env";
    seedCloudInit(machine, "first", await userData([...pinned(0), ...fromNothing, "--user", "debian"], [step]));
    await machine.boot();
    expect(await status()).toBe("done");
    const first = await outcome();
    expect([first.status, first.version, first.error, listTroubles(first)]).toEqual(["changed", "go1.30.1", null, []]);
    expect(machine.read("/srv/app/version")).toBe("go version go1.30.1 linux/amd64\n");
    expect(machine.read("/srv/app/env")).toBe("/usr/local/go\n/root/.cache/go-build\n");
    expect(machine.read("/home/debian/.bashrc")).toContain("# >>> readygo >>>");
    expect(machine.read("/var/log/readygo.log")).toMatch(/bootstrap: fetching https:[^]*create {3}\/usr\/local\/go,/);
    expect(requests).toEqual(["/bootstrap.sh", "/readygo-linux-amd64.gz"]);
  });

  it("is left as it is by its second boot", async () => {
    await machine.reboot();
    expect([await status(), (await outcome()).status, (await outcome()).changes]).toEqual(["done", "unchanged", []]);
    expect(requests).toHaveLength(2);
    // What cloud-init did once is not done again: runcmd's mkdir would have failed.
    expect(machine.read("/srv/app/version")).toBe("go version go1.30.1 linux/amd64\n");
  });

  it("is upgraded by new user-data with a newer version; here of an image that has readygo", async () => {
    await machine.powerOff();
    seedCloudInit(machine, "second", await userData(pinned(1)));
    await machine.boot();
    const { status: done, version, previous } = await outcome();
    expect([await status(), done, version, previous]).toEqual(["done", "changed", "go1.30.2", "go1.30.1"]);
    // The first instance's bootstrap.sh still lies there, and spoke at both boots; this user-data does not name it.
    expect(machine.read("/var/log/readygo.log").match(/^bootstrap: .*/gm)).toHaveLength(2);
  });

  it("fails its boot where a check fails, and keeps the Go that worked", async () => {
    await machine.powerOff();
    seedCloudInit(machine, "third", await userData(pinned(2), ["go version >/srv/app/after-failure"]));
    await machine.boot();
    const { status: done, error } = await outcome();
    expect([done, error?.code, error?.exit]).toEqual(["failed", "gate-failed", 7]);
    await expectFailedStage();
    expect(machine.read("/srv/app/after-failure")).toBe("go version go1.30.2 linux/amd64\n");
    expect(machine.read("/var/log/cloud-init-output.log")).toContain("readygo failed with exit 7");
  });

  it("fails its boot where nothing can be fetched", async () => {
    await machine.powerOff();
    await mirror.stop();
    seedCloudInit(machine, "fourth", await userData(["1.30.4"]));
    await machine.boot();
    const { status: done, error } = await outcome();
    expect([done, error?.code, error?.exit]).toEqual(["failed", "sources-failed", 4]);
    await expectFailedStage();
  });

  async function expectFailedStage(): Promise<void> {
    expect(await status()).toBe("error");
    const unit = await machine.run(["systemctl", "show", "--property=Result,ExecMainStatus", "cloud-final.service"]);
    expect(unit.stdout.trim().split("\n").toSorted()).toEqual(["ExecMainStatus=1", "Result=exit-code"]);
  }
});

// Without a boot: what is printed, held against cloud-init's own validator and its own YAML reader.
describe("user-data", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost({ lower: "cloud" });
    host.write("/release/bootstrap.sh", '#!/bin/sh\necho "yes: no"\t# no YAML\n\n  \' \\n é\n');
    host.write("/checkout/bootstrap.sh", "#!/bin/sh\nrelease_files=''\n");
    host.write("/ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    host.write("/src/go.mod", "module example.com/m\n\ngo 1.26.1\n");
    host.write("/machines.ini", "[trust]\npolicy = log\n[verify]\ntimeout = 90\n");
  });
  afterAll(() => host?.destroy());

  interface UserData {
    readonly write_files: readonly { readonly path: string; readonly content: string; readonly permissions: string }[];
  }
  const lines: readonly (readonly string[])[] = [
    [],
    ["1.27", "--base", "/release"],
    ["/src/go.mod", "--trust", "two", "--user", "yes", "--no-rc"],
    [
      "latest",
      "--config",
      "/machines.ini",
      "--proxy",
      "http://us%27er:p%40ss@proxy.example:3128",
      "--noproxy",
      ".example,10.0.0.0/8",
      "--ca-file",
      "/ca.pem",
    ],
    ["1.28rc1", "--source", "https://a.example/it's?x=$(id)&y=`id`", "--source", "goproxy=https://b.example,direct"],
  ];

  it("is valid, and says what it is meant to", async () => {
    for (const [at, words] of lines.entries()) {
      const { stdout } = await host.readygo(["cloud-init", ...words]);
      host.write(`/user-data-${at}`, stdout);
      const { cloudConfig } = JSON.parse((await host.readygo(["cloud-init", ...words, "--json"])).stdout);
      host.write(`/object-${at}`, JSON.stringify(cloudConfig));
    }
    await host.script("for data in /user-data-*; do cloud-init schema --config-file $data; done");
    const compare = [
      "import json, yaml",
      `for at in range(${lines.length}):`,
      "    assert yaml.safe_load(open(f'/user-data-{at}')) == json.load(open(f'/object-{at}')), at",
    ];
    await host.must(["python3", "-c", compare.join("\n")]);
  });

  it("hands the shell the very words of the command line, and readygo settings that it reads", async () => {
    for (const [at, words] of lines.entries()) {
      const { write_files: files }: UserData = JSON.parse(host.read(`/object-${at}`));
      const script = files.find(({ path }) => path === "/var/lib/cloud/scripts/per-boot/readygo");
      const probe = script?.content.replace(/^main\(\) \{[^]*?^\}$/m, "main() {\n  printf '%s\\n' \"$@\"\n}") ?? "";
      const told = (await host.must(["dash", "-euc", probe])).stdout.split("\n");
      expect(told).toEqual(expect.arrayContaining(words.filter((_, index) => words[index - 1] === "--source")));
      const settings = files.find(({ path }) => path === "/etc/readygo.ini");
      expect([script?.permissions, settings?.permissions]).toEqual(["0700", at === 3 ? "0600" : "0644"]);
      expect(formatConfig(parseConfig(settings?.content ?? "", "readygo.ini"))).toBe(settings?.content);
    }
  });

  it("gives the machine every bound of the command line", async () => {
    const bounds = ["--connect-timeout", "5", "--stall-timeout", "6", "--download-timeout", "700", "--timeout", "80"];
    const run = await host.readygo(["cloud-init", ...bounds, "--json"]);
    const { write_files: files }: UserData = JSON.parse(run.stdout).cloudConfig;
    const settings = parseConfig(files.find(({ path }) => path === "/etc/readygo.ini")?.content ?? "", "readygo.ini");
    expect(settings).toMatchObject({
      "connect-timeout": 5,
      "stall-timeout": 6,
      "download-timeout": 700,
      timeout: 80,
    });
  });

  it("takes what brings readygo from a URL, now, and names that URL to the machine", async () => {
    const serve = `require("node:http")
      .createServer((request, answer) => answer.end(require("node:fs").readFileSync("/release" + request.url)))
      .listen(8080, "127.0.0.1", () => console.log("listening"))`;
    const server = host.spawn(["/opt/readygo/node", "-e", serve]);
    await once(server.stdout, "data");
    const run = await host.readygo(["cloud-init", "--base", "http://127.0.0.1:8080/", "--json"]);
    await server.kill("SIGKILL");
    const { write_files: files }: UserData = JSON.parse(run.stdout).cloudConfig;
    expect(files.find(({ path }) => path.endsWith("bootstrap.sh"))?.content).toBe(host.read("/release/bootstrap.sh"));
    const start = "main env READYGO_BASE=http://127.0.0.1:8080/ sh /usr/local/lib/readygo/bootstrap.sh\n";
    expect(files.find(({ path }) => path.endsWith("/readygo"))?.content).toContain(start);

    const refused = await host.readygo(["cloud-init", "--base", "http://127.0.0.1:8080/", "--json"]);
    expect([refused.status, readJson(refused).error?.code]).toEqual([4, "sources-failed"]);
  });

  it("has a result to tell even where readygo never ran", async () => {
    const { write_files: files }: UserData = JSON.parse(host.read("/object-0"));
    const script = files.find(({ path }) => path.endsWith("/readygo"))?.content ?? "";
    host.write("/per-boot", script, 0o700);
    const run = await host.run(["/per-boot"]);
    expect([run.status, run.stdout, host.snapshot([result]).get(result)?.mode]).toEqual([127, "", 0o644]);
    const { status, error } = readJson(await host.must(["cat", result]));
    expect([status, error?.code, error?.exit]).toEqual(["failed", "readygo-missing", 127]);
    expect(run.stderr).toContain("readygo failed with exit 127");
  });

  it.each<readonly [string, string, readonly string[]]>([
    ["a version that is none", "version-invalid", ["v1.27.x"]],
    ["a source that only this machine could find", "source-invalid", ["--source", "releases"]],
    ["a base whose bootstrap.sh has no release in it", "usage", ["--base", "/checkout"]],
    ["a base without a bootstrap.sh", "usage", ["--base", "/src"]],
    ["a base that anybody on the way can change", "usage", ["--base", "http://releases.example/readygo"]],
    ["a file of authorities that has none", "usage", ["--ca-file", "/src/go.mod"]],
  ])("is refused here, not at the machine's boot: %s", async (_what, code, args) => {
    const run: CommandResult = await host.readygo(["cloud-init", ...args, "--json"]);
    expect([run.status, readJson(run).error?.code]).toEqual([2, code]);
  });
});
