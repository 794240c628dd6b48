// Rule: who serves the log cannot hide a fork by keeping back the tiles that would show it: where nobody has them, the
// log proves nothing, and --trust log stops. The database itself is asked for them, but not on behalf of a bundle.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lookUpNearest } from "../../src/trust/ask-log.ts";
import { absolutePath } from "../../src/host/absolute-path.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import { fileUrl } from "../../src/sources/file-url.ts";
import type { GoVersion } from "../../src/release/go-version.ts";
import { followHeads } from "../../src/trust/sumdb/follow-heads.ts";
import { lookupChecksum } from "../../src/trust/sumdb/lookup.ts";
import { type Faults, mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { recordedDatabase, recording } from "../unit/trust/sumdb/recorded-database.ts";

const noteOf = (release: string): string => {
  const lookup = recording(`lookup/golang.org/toolchain@v0.0.1-${release}`).toString();
  return lookup.slice(lookup.indexOf("go.sum database tree"));
};
/** Heads that sum.golang.org has really signed, of 66,332,798 and 71,769,961 records. */
const [older, newer] = [noteOf("go1.26.8.linux-amd64"), noteOf("go1.27.4.linux-amd64")];

const recordedRelease = () =>
  lookupChecksum({ version: "go1.26.8" as GoVersion, architecture: "amd64", ...recordedDatabase() });

describe("tree heads", () => {
  const without = () => recordedDatabase({ "tile/8/2/003": undefined });

  it.each([
    [older, newer],
    [newer, older],
  ])("are followed by the tiles of the next place, where the first lacks one", async (kept, seen) => {
    const [first, next] = [without(), recordedDatabase()];
    const heads = followHeads({ kept, onNotice: () => undefined });
    expect(await heads.follow(seen, [first, next])).toBeUndefined();
    expect([heads.newest(), next.asked.length]).toEqual([newer, 7]);
  });

  it("are not taken where no place has them all: what was kept stays, and the first failure is reported", async () => {
    const heads = followHeads({ kept: older, onNotice: () => undefined });
    expect(await heads.follow(newer, [without(), without()])).toMatchObject({ kind: "absent" });
    expect(heads.newest()).toBe(older);
  });
});

describe("a log on this machine that lacks tiles", () => {
  let kit = "";
  beforeAll(() => {
    kit = mkdtempSync(join(tmpdir(), "readygo-kit-"));
    cpSync("test/fixtures/recorded-log", kit, { recursive: true });
    rmSync(join(kit, "sumdb/sum.golang.org/tile/8/0/x259/112"));
  });
  afterAll(() => rmSync(kit, { recursive: true }));

  it.each([
    ["a bundle", (at: string) => ({ bundledLog: at })],
    ["a proxy", (at: string) => ({ logProxies: [{ url: at, fallback: "absent" as const }] })],
  ])("as %s it has no network asked for them, and does not count", async (_name, given) => {
    const http = () => Promise.reject(new Error("the network was asked"));
    const context = {
      version: "go1.27.4" as GoVersion,
      architecture: "amd64",
      machine: createRealFiles(""),
      stop: new AbortController().signal,
      http: {
        readText: http,
        readBytes: http,
        openBody: http,
        findWay: () => undefined,
        close: () => Promise.resolve(),
      },
      logProxies: [],
      ...given(fileUrl(absolutePath(kit))),
    } as const;
    const logHeads = followHeads({ kept: older, onNotice: () => undefined });
    const { record, unshown } = await lookUpNearest({ ...context, logHeads });
    expect([record.recordId, unshown?.kind, logHeads.newest()]).toEqual([71_124_599, "absent", older]);
  });
});

describe("a mirror of the log that keeps tiles back", () => {
  let host: LabHost;
  let mirror: Mirror;
  /** Where the older tree ends, filled up as it is in the newer one: no proof of a record needs it. */
  const tiles = "sumdb/sum.golang.org/tile/8/0/x259/112";
  const withheld: Faults = { [`${mirrorNames.proxy}/${tiles}`]: { status: 404 } };
  const isolated: Faults = { ...withheld, [`${mirrorNames.checksums}/*`]: { down: true } };

  beforeAll(async () => {
    const release = await officialRelease("1.26.8");
    host = await createHost();
    mirror = await host.startMirror({
      releases: [release],
      modules: [toolchainModule("1.26.8", "amd64"), toolchainModule("1.27.4", "amd64")],
      names: [...Object.values(mirrorNames), mirrorSites.aliyun],
      isLogRecorded: true,
    });
  });
  afterAll(() => host?.destroy());

  beforeEach(async () => {
    await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo && mkdir -m 700 /var/lib/readygo");
    host.write("/var/lib/readygo/log.head", newer);
    await mirror.forgetRequests();
  });

  const aliyun = ["1.26.8", "--source", `https://${mirrorSites.aliyun}/golang`];
  const install = (args: readonly string[]) =>
    host.readygo(["install", ...args, "--no-verify", "--json"], { env: { GOPROXY: mirror.proxyUrl } });
  const receipt = () =>
    JSON.parse(host.read("/var/lib/readygo/receipt.json")) as { trust: { root: string }[]; record?: unknown };
  const sums = async () => (await mirror.requests()).filter(({ host: name }) => name === mirrorNames.checksums);

  it("has them asked of the database itself, and nothing besides", async () => {
    await mirror.setFaults(withheld);
    const run = await install([...aliyun, "--trust", "log"]);
    expect([run.status, receipt().trust.map(({ root }) => root)]).toEqual([0, expect.arrayContaining(["log"])]);
    expect((await sums()).map(({ url }) => url.startsWith("/tile/8/"))).toEqual(Array(7).fill(true));
  });

  it("does not have the log prove it where that cannot be reached: others do, and it is a warning", async () => {
    await mirror.setFaults(isolated);
    const run = await install(aliyun);
    expect([run.status, receipt().trust.map(({ root }) => root), receipt().record]).toEqual([
      0,
      ["manifest", "publisher", "signature"],
      undefined,
    ]);
    expect(run.stderr).toMatch(
      /^warning: the checksum database is not used: whether it still has what it had before cannot be shown: /m,
    );
    expect(host.read("/var/lib/readygo/log.head")).toBe(newer);
  });

  it.each([
    ["an archive", aliyun],
    ["a module zip", ["1.26.8", "--source", "goproxy"]],
  ])("stops %s under --trust log", async (_, args) => {
    await mirror.setFaults(isolated);
    const run = await install([...args, "--trust", "log"]);
    expect([run.status, readJson(run).error?.code]).toEqual([5, "log-unfollowed"]);
    expect([host.exists("/usr/local/go"), host.read("/var/lib/readygo/log.head")]).toEqual([false, newer]);
  });

  it("leaves a module zip with nothing that proves it, where readygo carries no hash of its files", async () => {
    // As if this readygo were older than the release.
    const { h1 } = await recordedRelease();
    const pinned = host.read("/opt/readygo/dist/readygo.mjs");
    const pin = (key: string): string => JSON.stringify(`"${key}":"${h1}"`).slice(1, -1);
    host.write("/opt/unpinned.mjs", pinned.replace(pin("h1"), pin("none")));
    await mirror.setFaults(isolated);
    const args = ["install", "1.26.8", "--source", "goproxy", "--no-verify", "--json"];
    const run = await host.run(["/opt/readygo/node", "/opt/unpinned.mjs", ...args], {
      env: { GOPROXY: mirror.proxyUrl },
    });
    const { error } = readJson(run);
    expect([error?.code, error?.exit]).toEqual(["checksum-unknown", 5]);
    expect(error?.details["the checksum database"]).toContain("whether it still has what it had before");
  });

  it("leaves a module zip with the hash that readygo carries: a record for this host alone would be another", async () => {
    const { h1 } = await recordedRelease();
    await mirror.setFaults(isolated);
    const run = await install(["1.26.8", "--source", "goproxy"]);
    expect([run.status, receipt().trust, receipt().record]).toEqual([
      0,
      [
        {
          root: "manifest",
          evidence: `the pinned manifest states ${h1}, as the checksum database's record 61743986 does`,
        },
      ],
      undefined,
    ]);
    expect(run.stderr).toMatch(/^warning: the checksum database is not used: whether it still has what it had before/m);
    expect(host.read("/var/lib/readygo/log.head")).toBe(newer);
  });
});
