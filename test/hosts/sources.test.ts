import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { loggedTreeSize, toolchainModule } from "../lab/releases/modules.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import { leadAway, openBlackHole } from "../lab/hosts/black-hole.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

/** Which of them depends on where in this machine's own lookup the byte falls. */
const forgedLog = /^log-(signature-invalid|key-unknown|head-wrong)$/;

describe("where archives come from", () => {
  let host: LabHost;
  let mirror: Mirror;

  beforeAll(async () => {
    host = await createHost();
    mirror = await host.startMirror({
      releases: [await officialRelease("1.26.8")],
      modules: [toolchainModule("1.26.8", "amd64"), toolchainModule("1.27.4", "amd64")],
      names: [mirrorNames.proxy],
    });
  });
  afterAll(() => host?.destroy());

  const install = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    host.readygo(["install", ...args, "--no-verify", "--json"], { env });

  /** How large the tree is whose head the host keeps. */
  const keptHead = () => Number(host.read("/var/lib/readygo/log.head").split("\n")[1]);

  it("falls through from a publisher whose name does not resolve to the module proxy of GOPROXY, and says so in a line", async () => {
    const run = await install(["1.26.8"], { GOPROXY: `${mirror.proxyUrl},direct` });
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.26.8" });
    expect(run.stderr).toMatch(
      /^the publisher: its name (does not resolve|cannot be resolved).*; trying the next source$/m,
    );
    expect(readJson(run).checks[0]).toMatchObject({
      id: "archive-digest",
      status: "pass",
      evidence: expect.stringContaining("h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=") as unknown,
    });
  });

  it("sees the tree from the module zip as the release: the tar.gz is not asked for", async () => {
    const run = await install(["1.26.8", "--source", "https://go.dev/dl"]);
    expect(readJson(run)).toMatchObject({ status: "unchanged", version: "go1.26.8" });
  });

  it("takes the newest of a line from the module proxy's list, and what a go.mod asks for", async () => {
    const goproxy = ["--source", `goproxy=${mirror.proxyUrl}`];
    expect(readJson(await host.readygo(["plan", "1.27", "--json", ...goproxy]))).toMatchObject({
      status: "planned",
      version: "go1.27.4",
    });
    host.write("/srv/app/go.mod", "module app\n\ngo 1.26.0\n\ntoolchain go1.27.4\n");
    expect(readJson(await host.readygo(["plan", "go.mod", "--json", ...goproxy], { cwd: "/srv/app" }))).toMatchObject({
      version: "go1.27.4",
    });
  });

  it("takes sources and module proxy from readygo.ini, and the flag wins", async () => {
    host.write("/etc/readygo.ini", `[go]\nversion = 1.27.4\n[source]\norder = goproxy\ngoproxy = ${mirror.proxyUrl}\n`);
    const heads = [await loggedTreeSize("1.26.8"), await loggedTreeSize("1.27.4")] as const;
    expect(keptHead()).toBe(heads[0]);
    const run = await install([]);
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.27.4", previous: "go1.26.8" });
    // The two were looked up with different tree heads; the tiles show that the older one is the newer one's beginning.
    expect(keptHead()).toBe(Math.max(...heads));
    expect(heads[0]).not.toBe(heads[1]);
    expect(run.stderr).not.toContain("cannot be shown");
    expect(readJson(await host.readygo(["plan", "1.26.8", "--json"]))).toMatchObject({ version: "go1.26.8" });
    await host.must(["rm", "/etc/readygo.ini"]);
  });

  it("asks the hosts of readygo.ini's noproxy without its proxy, and the flag wins", async () => {
    const settings = `[source]\norder = goproxy\ngoproxy = ${mirror.proxyUrl}\nproxy = http://127.0.0.1:9\n`;
    host.write("/etc/readygo.ini", `${settings}noproxy = .lab.test\n`);
    expect((await host.readygo(["sources", "1.27.4"])).stdout).toMatch(/^goproxy\s+delivers /m);
    const run = await host.readygo(["sources", "1.27.4", "--noproxy", "other.test"]);
    expect(run.stdout).toMatch(
      /^goproxy .*the connection was refused \(by way of the proxy http:\/\/127\.0\.0\.1:9, named by proxy in readygo\.ini\)/m,
    );
    const env = { HTTPS_PROXY: "http://me:secret@127.0.0.1:9", GOPROXY: mirror.proxyUrl };
    await host.must(["rm", "/etc/readygo.ini"]);
    const told = await host.readygo(["sources", "1.27.4", "--source", "goproxy", "--verbose"], { env });
    const way = "by way of the proxy http://***@127.0.0.1:9, named by HTTPS_PROXY";
    expect([told.stderr, told.stdout]).toEqual([
      expect.stringContaining(`requests go ${way}`),
      expect.stringContaining(`(${way})`),
    ]);
    expect(told.stderr + told.stdout).not.toContain("secret");
    host.write("/etc/readygo.ini", `${settings}noproxy = https://lab.test\n`);
    const refused = await host.readygo(["sources", "--json"]);
    expect([refused.status, readJson(refused).error?.summary]).toEqual([
      2,
      expect.stringContaining("source.noproxy has to be a list of hosts"),
    ]);
    await host.must(["rm", "/etc/readygo.ini"]);
  });

  it("goes down to an older release only where that one is named", async () => {
    const goproxy = ["--source", `goproxy=${mirror.proxyUrl}`];
    await mirror.setFaults({ [`${mirrorNames.proxy}/golang.org/toolchain/@v/list`]: { status: 500 } });
    expect(readJson(await install(["latest", ...goproxy]))).toMatchObject({ status: "unchanged", version: "go1.27.4" });
    await mirror.setFaults({});
  });

  it("refuses a zip whose content the checksum database does not have on record", async () => {
    const zip = `${mirrorNames.proxy}/golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip`;
    await mirror.setFaults({ [zip]: { corruptByteAt: 30_000_000 } });
    const run = await install(["1.26.8", "--source", `goproxy=${mirror.proxyUrl}`]);
    expect(run.status).toBe(5);
    expect(readJson(run).error?.code).toMatch(/^(checksum-mismatch|archive-hostile)$/);
    expect(readJson(run).error?.remedy.join("; ")).not.toContain("VERSION");
    expect((await host.must(["head", "-n1", "/usr/local/go/VERSION"])).stdout).toBe("go1.27.4\n");
    await mirror.setFaults({});
  });

  it("refuses a lookup whose signature is not the database's", async () => {
    const lookup = `${mirrorNames.proxy}/sumdb/sum.golang.org/lookup/*`;
    await mirror.setFaults({ [lookup]: { corruptByteAt: 300 } });
    const run = await install(["1.26.8", "--source", `goproxy=${mirror.proxyUrl}`]);
    expect([run.status, readJson(run).error?.code]).toEqual([5, expect.stringMatching(forgedLog)]);
    await mirror.setFaults({});
  });

  it("does not ask a database that GOSUMDB=off, or the account's go env, forbids, and trusts no more for it", async () => {
    await mirror.forgetRequests();
    const source = ["--source", `goproxy=${mirror.proxyUrl}`];
    const run = await install(["1.26.8", ...source], { GOSUMDB: "off" });
    expect(run.status).toBe(5);
    expect(readJson(run).error).toMatchObject({
      code: "checksum-unknown",
      summary: "the checksum database is not asked: GOSUMDB=off in the environment",
    });
    host.write("/root/.config/go/env", "GOPRIVATE=golang.org\n");
    expect(readJson(await install(["1.26.8", ...source])).error?.summary).toBe(
      "the checksum database is not asked: GOPRIVATE=golang.org in /root/.config/go/env",
    );
    await host.script("rm -r /root/.config/go");
    expect((await mirror.requests()).filter(({ url }) => url.includes("sumdb"))).toEqual([]);
  });

  it("asks the database at the URL of GOSUMDB, and nowhere else", async () => {
    const source = ["--source", `goproxy=${mirror.proxyUrl}`];
    const url = `${mirror.proxyUrl}/sumdb/sum.golang.org`;
    await mirror.forgetRequests();
    const run = await install(["1.26.8", ...source], { GOSUMDB: "sum.golang.org https://nowhere.lab.test" });
    expect([run.status, readJson(run).error?.details]).toEqual([
      4,
      {
        "the module proxy (--source)": expect.stringMatching(
          /cannot be resolved.* \(https:\/\/nowhere\.lab\.test\/lookup\//,
        ),
      },
    ]);
    expect((await mirror.requests()).filter(({ url: asked }) => asked.includes("sumdb"))).toEqual([]);
    // The one that it names is not asked whether it is one.
    const there = await install(["1.26.8", ...source], { GOSUMDB: `sum.golang.org ${url}` });
    expect(readJson(there)).toMatchObject({ status: "changed", version: "go1.26.8" });
    const asked = (await mirror.requests()).filter(({ url: path }) => path.includes("sumdb"));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ url: path }) => path.includes("supported"))).toEqual([]);
    expect(readJson(await install(["1.27.4", ...source])).status).toBe("changed");
  });

  it("gives the proxy the password of the calling account's .netrc, and nobody else's", async () => {
    await host.addUser("nell");
    const netrc = (password: string): string => `machine ${mirrorNames.proxy}\n  login nell\n  password ${password}\n`;
    host.write("/root/.netrc", netrc("of-root"), 0o600);
    host.write("/home/nell/.netrc", netrc("of-nell"), 0o600);
    await host.must(["chown", "nell:", "/home/nell/.netrc"]);
    await mirror.forgetRequests();
    const words = ["plan", "1.27", "--json", "--source", `goproxy=${mirror.proxyUrl}`];
    await host.readygo(words, { env: { SUDO_USER: "nell" } });
    const seen = new Set((await mirror.requests()).map(({ authorization }) => authorization));
    expect([...seen]).toEqual([`Basic ${Buffer.from("nell:of-nell").toString("base64")}`]);
    await host.script("rm /root/.netrc");
  });

  it("names every source with its cause where none could deliver, and what sudo may have dropped", async () => {
    const run = await install(["1.26.8"], { GOPROXY: "https://nowhere.lab.test", SUDO_USER: "root" });
    const { error } = readJson(run);
    expect([run.status, error?.code, Object.keys(error?.details ?? {})]).toEqual([
      4,
      "sources-failed",
      ["the publisher", "the module proxy (environment)", "the publisher's host in China"],
    ]);
    expect(error?.remedy[0]).toContain("sudo --preserve-env=GOPROXY,HTTPS_PROXY,NO_PROXY readygo install 1.26.8");
  });

  it("spends at most one probe on a publisher that swallows packets", async () => {
    const plan = async () => {
      const started = Date.now();
      const run = await host.readygo(["plan", "latest", "--json"], { env: { GOPROXY: mirror.proxyUrl } });
      return { run, seconds: (Date.now() - started) / 1000 };
    };
    const undisturbed = (await plan()).seconds;
    await openBlackHole(host);
    leadAway(host, ["go.dev", "dl.google.com"]);
    const { run, seconds } = await plan();
    expect(readJson(run)).toMatchObject({ version: "go1.27.4" });
    expect(run.stderr).toContain("the publisher cannot be asked");
    // The bound is 3 s; the rest is what a run takes on this machine just now.
    expect(seconds).toBeGreaterThan(2.5);
    expect(seconds).toBeLessThan(3 + 5 * undisturbed);
  });
});
