import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listOtherGos } from "../lab/releases/machine-go.ts";
import { loggedTreeSize } from "../lab/releases/modules.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease, officialRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

const h1 = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=";

// Whoever put a Go on a host, what it is can be shown: by the log that everybody sees, from the files alone.
describe("the Gos that readygo did not install", () => {
  let host: LabHost;
  let mirror: Mirror;
  let env: Readonly<Record<string, string>>;
  let treeSize: number;

  beforeAll(async () => {
    treeSize = await loggedTreeSize("1.26.8");
    const official = await officialRelease("1.26.8");
    host = await createHost({ bind: [{ from: official.path, to: "/srv/go.tar.gz" }], without: listOtherGos() });
    mirror = await host.startMirror({ releases: [official, await makeSmallRelease("1.30.1")] });
    env = { GOPROXY: mirror.proxyUrl };
    await host.addUser("ann");
    await host.script(`
      mkdir -p /opt/go1.26.8 /home/ann/sdk
      tar -xzf /srv/go.tar.gz -C /opt/go1.26.8 --strip-components=1 --no-same-owner
      cp -a /opt/go1.26.8 /home/ann/sdk/; chown -R ann: /home/ann/sdk`);
  });
  afterAll(() => host?.destroy());

  const diagnose = async (args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) => {
    const run = await host.readygo(["doctor", "--json", ...args], { env: { ...env, ...more } });
    return { run, result: readJson(run) };
  };
  const install = async () => {
    const run = await host.readygo(["install", "1.30.1", "--no-verify", "--json"], { env, timeoutMs: 180_000 });
    expect(readJson(run)).toMatchObject({ status: "changed", error: null });
  };
  const everything = ["/opt", "/usr/local", "/home", "/etc", "/var/lib", "/root"];

  it("are proven by the log, in the account's home as well, and nothing is written", async () => {
    const before = host.snapshot(everything, { hash: false });
    const { run, result } = await diagnose(["--user", "ann"]);
    expect([run.status, result.status, result.error]).toEqual([0, "unchanged", null]);
    const proven = `record 61743986 of ${treeSize.toLocaleString("en-US")} in the checksum database states ${h1}, which is this tree's (api, doc, misc, test and modes are not covered)`;
    expect(result.checks).toEqual(
      ["/opt/go1.26.8", "/home/ann/sdk/go1.26.8"].map((path) => ({
        id: "go-tree",
        layer: 1,
        status: "pass",
        evidence: `${path}: go1.26.8 linux/amd64: ${proven}`,
        remedy: null,
      })),
    );
    expect(result["trees"]).toEqual([
      {
        path: "/opt/go1.26.8",
        account: null,
        broughtBy: null,
        version: "go1.26.8",
        architecture: "amd64",
        status: "pass",
        reason: null,
      },
      {
        path: "/home/ann/sdk/go1.26.8",
        account: "ann",
        broughtBy: null,
        version: "go1.26.8",
        architecture: "amd64",
        status: "pass",
        reason: null,
      },
    ]);
    expect(host.snapshot(everything, { hash: false })).toEqual(before);
    expect((await host.script("ls -d /tmp/readygo-* 2>/dev/null || true")).stdout).toBe("");
  });

  it("are told apart file by file where they differ, by the end of the module's zip", async () => {
    await host.script(`
      cd /home/ann/sdk/go1.26.8; printf X | dd of=src/fmt/print.go bs=1 seek=100 conv=notrunc status=none
      echo 'package fmt' >src/fmt/extra.go; rm src/os/file.go`);
    const { run, result } = await diagnose(["--user", "ann"]);
    expect([run.status, result.status]).toEqual([7, "failed"]);
    expect(result.error).toMatchObject({
      code: "tree-not-public",
      summary: "a Go on this host is not the release that its VERSION names",
      exit: 7,
    });
    expect(result.checks.map(({ status }) => status)).toEqual(["pass", "fail"]);
    expect(result.checks[1]?.remedy).toBe(
      "use nothing from /home/ann/sdk/go1.26.8; readygo install go1.26.8  has the release's own at /usr/local/go",
    );
    expect(result.checks[1]?.evidence).toMatch(
      /^\/home\/ann\/sdk\/go1\.26\.8: go1\.26\.8 linux\/amd64: 3 differences: src\/fmt\/print\.go \(content\), src\/os\/file\.go \(missing\), src\/fmt\/extra\.go \(added\); this tree's hash is h1:/,
    );
  });

  it("that a package brought are the distribution's, and are left at that", async () => {
    await host.script(`
      mkdir -p /usr/lib/go-1.19/bin; echo go1.19.8 >/usr/lib/go-1.19/VERSION; echo >/usr/lib/go-1.19/bin/go
      printf '%s\\n' /. /usr/lib/go-1.19/bin/go >/var/lib/dpkg/info/golang-1.19-go.list`);
    const { result } = await diagnose();
    expect(result.checks[1]).toEqual({
      id: "go-tree",
      layer: 1,
      status: "skip",
      evidence:
        "/usr/lib/go-1.19: of the package golang-1.19-go: built by the distribution, so it is none of the publisher's releases",
      remedy: null,
    });
    await host.script("rm -r /usr/lib/go-1.19 /var/lib/dpkg/info/golang-1.19-go.list");
  });

  it("are proven by the pinned manifest alone where nobody can be asked", async () => {
    const { result } = await diagnose([], { GOSUMDB: "off" });
    expect(result.checks.map(({ status, evidence }) => [status, evidence.slice(0, 70)])).toEqual([
      ["pass", `/opt/go1.26.8: go1.26.8 linux/amd64: the pinned manifest states ${h1}`.slice(0, 70)],
    ]);
  });

  it("at /usr/local/go is one of them until readygo has installed its own, and as what was kept of it afterwards", async () => {
    await host.script(
      "mv /opt/go1.26.8 /usr/local/go; sed -i s/^GOTOOLCHAIN=auto/GOTOOLCHAIN=local/ /usr/local/go/go.env",
    );
    const before = await diagnose();
    expect(before.run.status).toBe(0);
    expect(before.result.checks).toMatchObject([
      { status: "warn", remedy: "a distribution's edit; readygo install go1.26.8  puts the release's own there" },
    ]);
    await install();
    const after = await diagnose();
    expect(after.result).toMatchObject({ version: "go1.30.1" });
    expect(after.result.checks.map(({ status, evidence, remedy }) => [status, evidence.split(":")[0], remedy])).toEqual(
      [
        [
          "warn",
          "/usr/local/.readygo/previous/original",
          "a distribution's edit; readygo install go1.26.8  has the release's own at /usr/local/go",
        ],
      ],
    );
  });

  it("are none on a host that has none", async () => {
    await host.readygo(["uninstall"]);
    await host.script("rm -r /usr/local/go");
    await install();
    const run = await host.readygo(["doctor", "--group", "go"], { env });
    expect([run.status, run.stdout]).toEqual([0, expect.stringMatching(/^nothing is wrong: \d+ diagnostics/m)]);
  });
});
