import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listPublicProxies } from "../../src/sources/public-proxies.ts";
import { leadAway, openBlackHole } from "../lab/hosts/black-hole.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { makeRealGoRelease } from "../lab/releases/real-go-release.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import { checksumsInChina, mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";

// From mainland China go.dev, the checksum database and the default module proxy swallow packets or are refused; the
// publisher's download host and its own names there answer. `goproxy.lab.test` is the default proxy of the lab's releases.
const lost = [mirrorNames.publisher, mirrorNames.checksums, mirrorNames.proxy];
const proxyNames = listPublicProxies().map((url) => new URL(url).hostname);
const there = [mirrorNames.downloads, mirrorSites.china, checksumsInChina, ...proxyNames];

let host: LabHost;
let mirror: Mirror;

beforeAll(async () => {
  host = await createHost();
  mirror = await host.startMirror({
    releases: [await officialRelease("1.26.8"), await makeRealGoRelease("1.30.1")],
    modules: [toolchainModule("1.26.8", "amd64"), "rsc.io/quote@v1.5.2", "rsc.io/sampler@v1.3.0"],
    names: [...lost, ...there],
  });
  await openBlackHole(host);
});
afterAll(() => host?.destroy());

async function install(words: readonly string[]) {
  await mirror.forgetRequests();
  const startedAt = Date.now();
  const run = await host.readygo(["install", ...words, "--no-verify", "--json"]);
  const seconds = (Date.now() - startedAt) / 1000;
  const asked = [...new Set((await mirror.requests()).map(({ host: name }) => name))];
  return { run, result: readJson(run), seconds, asked };
}
const forget = () => host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");

describe("an install with nothing configured", () => {
  it("makes no request to the names in China where the first ones answer", async () => {
    leadAway(host, []);
    const { result, asked, seconds } = await install(["1.26.8", "--trust", "log"]);
    expect(result.status).toBe("changed");
    expect(asked.filter((name) => name === mirrorSites.china || name === checksumsInChina)).toEqual([]);
    await forget();
    // What the machine takes for an undisturbed install is the measure for the others.
    undisturbed = seconds;
  });
  let undisturbed = 0;

  it.each([
    ["swallow packets", undefined],
    ["are refused", "127.0.0.9"],
  ])("comes from there where the first ones %s, and is proven by the log there", async (_, address) => {
    leadAway(host, lost, address);
    const { run, result, asked, seconds } = await install(["1.26.8", "--trust", "log"]);
    expect([result.status, result.error]).toEqual(["changed", null]);
    expect(run.stderr).toContain("the publisher: ");
    expect(asked).toEqual(expect.arrayContaining([mirrorSites.china, checksumsInChina]));
    const { trust } = JSON.parse(host.read("/var/lib/readygo/receipt.json")) as { trust: { root: string }[] };
    expect(trust.map(({ root }) => root)).toEqual(["manifest", "signature", "log"]);
    // One first contact with the publisher, one with the database: 3 s each; the rest is this machine's own pace.
    expect(seconds).toBeLessThan(6 + 3 * undisturbed + 5);
    leadAway(host, []);
    await forget();
  });

  it("learns the newest release from there, and proves one that no list of its own has", async () => {
    leadAway(host, lost);
    const { result, asked } = await install(["latest"]);
    expect(result).toMatchObject({ status: "changed", version: "go1.30.1" });
    expect(asked).toContain(mirrorSites.china);
    const { trust } = JSON.parse(host.read("/var/lib/readygo/receipt.json")) as { trust: { root: string }[] };
    // What the publisher's host in China states of hashes is no root.
    expect(trust.map(({ root }) => root)).toEqual(["signature"]);
  });

  it("goes on from there to another release, past the default proxy of the Go that is installed now", async (context) => {
    onlyInFullMode(context);
    const { run, result } = await install(["1.26.8"]);
    expect([result.status, result.version]).toEqual(["changed", "go1.26.8"]);
    expect(run.stderr).toMatch(/^the publisher: .*; trying the next source$/m);
    expect(run.stderr).not.toContain("the module proxy");
    leadAway(host, []);
  });

  it("asks a module proxy that somebody has named first", async () => {
    leadAway(host, [mirrorNames.publisher]);
    await mirror.forgetRequests();
    const run = await host.readygo(["plan", "latest", "--json"], { env: { GOPROXY: mirror.proxyUrl } });
    expect(run.status).toBe(0);
    const asked = (await mirror.requests()).map(({ host: name }) => name);
    expect([asked.includes(mirrorNames.proxy), asked.includes(mirrorSites.china)]).toEqual([true, false]);
    leadAway(host, []);
  });

  it("is not asked there for what the first one answers that it has not, or cannot prove", async () => {
    await forget();
    leadAway(host, [mirrorNames.checksums, mirrorNames.proxy], "127.0.0.9");
    await mirror.setFaults({ [`${mirrorNames.downloads}/go/go1.30.1*.asc`]: { status: 404 } });
    const unproven = await install(["1.30.1"]);
    expect([unproven.result.error?.code, unproven.asked.includes(mirrorSites.china)]).toEqual(["policy-unmet", false]);
    const absent = await install(["1.27.4"]);
    expect([absent.result.error?.code, absent.asked.includes(mirrorSites.china)]).toEqual(["sources-failed", false]);
    await mirror.setFaults({});
    leadAway(host, []);
  });

  it("has no other host asked where what came from the first is not the release", async () => {
    await forget();
    await mirror.setFaults({ [`${mirrorNames.downloads}/go/go1.26.8*`]: { corruptByteAt: 30_000_000 } });
    const { result, asked } = await install(["1.26.8"]);
    expect([result.error?.code, asked.includes(mirrorSites.china)]).toEqual(["checksum-mismatch", false]);
    await mirror.setFaults({});
    expect((await install(["1.30.1"])).result.status).toBe("changed");
  });
});

describe("a module download that fails", () => {
  const check = async (user: string, seconds = "8") => {
    const run = await host.readygo(
      ["verify", "--only", "mod-download", "--user", user, "--json", "--timeout", seconds],
      { timeoutMs: 280_000 },
    );
    const found = readJson(run).checks.find(({ id }) => id === "mod-download");
    return { status: found?.status, evidence: found?.evidence, remedy: found?.remedy ?? "" };
  };
  const [first = "", ...others] = listPublicProxies();

  it("is given the command for the public proxies that answer now, which cures it", async () => {
    await host.addUser("mei");
    leadAway(host, [...lost, new URL(first).hostname]);
    const command = `go env -w GOPROXY=${[...others, "direct"].join(",")}`;
    expect(await check("mei")).toMatchObject({ status: "warn", remedy: `${command}  as mei` });
    await host.must(["/usr/local/go/bin/go", ...command.split(" ").slice(1)], { user: "mei" });
    expect((await check("mei", "120")).status).toBe("pass");
  });

  it("is given the database's own name there, where none of them mirrors it", async (context) => {
    onlyInFullMode(context);
    await host.addUser("lan");
    leadAway(host, [...lost, new URL(first).hostname], "127.0.0.9");
    await mirror.setFaults(Object.fromEntries(proxyNames.map((name) => [`${name}/*/supported`, { status: 404 }])));
    const { remedy } = await check("lan");
    expect(remedy).toMatch(/^go env -w GOPROXY=\S+,direct GOSUMDB=sum\.golang\.google\.cn {2}as lan$/);
    await host.must(
      [
        "/usr/local/go/bin/go",
        ...remedy
          .replace(/ {2}as lan$/, "")
          .split(" ")
          .slice(1),
      ],
      { user: "lan" },
    );
    expect((await check("lan", "120")).status).toBe("pass");
    await mirror.setFaults({});
  });

  it("is given none where somebody has named a proxy: it may have modules that are for nobody else", async () => {
    await host.addUser("kai");
    leadAway(host, lost, "127.0.0.9");
    host.write("/home/kai/.profile", `export GOPROXY=${mirror.proxyUrl}\n`);
    await mirror.forgetRequests();
    expect((await check("kai")).remedy).not.toContain("go env -w");
    expect((await mirror.requests()).filter(({ host: name }) => proxyNames.includes(name))).toEqual([]);
  });

  it("is given none where what came has a wrong hash", async () => {
    await host.addUser("lin");
    leadAway(host, []);
    await mirror.setFaults({ [`${mirrorNames.proxy}/rsc.io/quote/@v/v1.5.2.mod`]: { replaceBody: "module evil\n" } });
    await mirror.forgetRequests();
    const { status, evidence, remedy } = await check("lin", "120");
    expect(evidence).toContain("checksum mismatch");
    expect([status, remedy.includes("go env -w")]).toEqual(["warn", false]);
    expect((await mirror.requests()).filter(({ host: name }) => proxyNames.includes(name))).toEqual([]);
    await mirror.setFaults({});
  });
});
