import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, officialRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

const tarGz = "go1.26.8.linux-amd64.tar.gz";
const zip = "golang.org/toolchain/@v/v0.0.1-go1.27.4.linux-amd64.zip";
const pinned = "sha256 d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b";
const logged = "record 61743986 states h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=";

// One host with a network writes a bundle as alice; another, whose only interface is loopback, installs from it.
describe("an air gap", () => {
  let connected: LabHost;
  let mirror: Mirror;
  let isolated: LabHost;
  let release: LabArchive;
  const kit = mkdtempSync(join(tmpdir(), "readygo-kit-"));

  beforeAll(async () => {
    release = await officialRelease("1.26.8");
    connected = await createHost();
    await connected.addUser("alice");
    mirror = await connected.startMirror({
      releases: [release],
      modules: [toolchainModule("1.26.8", "amd64"), toolchainModule("1.27.4", "amd64")],
    });
    isolated = await createHost({ bind: [{ from: kit, to: "/media/usb" }] });
  });
  afterAll(async () => {
    await connected?.destroy();
    await isolated?.destroy();
    rmSync(kit, { recursive: true });
  });

  const bundle = (args: readonly string[]) =>
    connected.readygo(["bundle", ...args, "--arch", "amd64", "--output", "/home/alice/kit", "--json"], {
      user: "alice",
      env: { GOPROXY: mirror.proxyUrl },
    });

  it("writes archives, hashes, log records with their proofs, and itself; without root, and over a cut connection", async () => {
    await mirror.setFaults({ [`${mirrorNames.downloads}/go/${tarGz}`]: { cutAfterBytes: 30_000_000, times: 1 } });
    const run = await bundle(["1.26.8", "1.27.4"]);
    expect([run.status, readJson(run).error]).toEqual([0, null]);
    const files = readdirSync(connected.path("/home/alice/kit"), { recursive: true, encoding: "utf8" });
    const isFile = (name: string): boolean => statSync(join(connected.path("/home/alice/kit"), name)).isFile();
    // The proof's tiles are named by the tree heads that the log's mirror has: they are held against the lookups below.
    const written = files.filter((name) => isFile(name) && !/\/tile\/|\.asc$|\.pub$/.test(name)).toSorted();
    expect(written).toEqual([
      "bundle.json",
      tarGz,
      `${tarGz}.sha256`,
      "golang.org/toolchain/@v/list",
      zip.replace(/zip$/, "info"),
      zip.replace(/zip$/, "mod"),
      zip,
      "readygo.mjs",
      "sumdb/sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64",
      "sumdb/sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64",
      "sumdb/sum.golang.org/supported",
    ]);
    expect(connected.read(`/home/alice/kit/${tarGz}.sha256`)).toBe(release.sha256);
    expect(files.some((name) => name.includes("readygo-part"))).toBe(false);
    const asked = await mirror.requests();
    const resumed = asked.filter(({ host, range }) => host === mirrorNames.downloads && range === "bytes=30000000-");
    expect(resumed.map(({ status }) => status)).toEqual([206]);
    // Each tile was asked for once or more, and none is there that was not.
    const tiles = files.filter((name) => name.includes("/tile/") && isFile(name));
    const tilesAsked = asked.filter(({ url }) => url.includes("/tile/")).map(({ url }) => url.slice(1));
    expect(new Set(tiles)).toEqual(new Set(tilesAsked));
    cpSync(connected.path("/home/alice/kit"), kit, { recursive: true });
  });

  it("needs a directory that it may write to", async () => {
    const run = await connected.readygo(["bundle", "1.26.8", "--output", "/srv/kit", "--json"], { user: "alice" });
    expect([run.status, readJson(run).error?.code, readJson(run).error?.summary]).toEqual([
      6,
      "step-failed",
      "the archive could not be written to /srv/kit",
    ]);
    const nowhere = await connected.readygo(["bundle", "1.26.8", "--json"], { user: "alice" });
    expect([nowhere.status, readJson(nowhere).error?.code]).toEqual([2, "usage"]);
  });

  it("changes nothing when run again, and fetches nothing", async () => {
    const before = connected.snapshot(["/home/alice/kit"]);
    await mirror.forgetRequests();
    const run = await bundle(["1.26.8"]);
    expect([run.status, readJson(run)["status"]]).toEqual([0, "unchanged"]);
    const timeless = (entries: typeof before): unknown =>
      [...entries].map(([path, entry]) => [path, entry.kind === "directory" ? { ...entry, mtimeNs: "" } : entry]);
    expect(timeless(connected.snapshot(["/home/alice/kit"]))).toEqual(timeless(before));
    expect(await mirror.requests()).toEqual([]);
  });

  it("finds latest and lines among what the bundle has, and no release besides", async () => {
    const plan = async (version: string) =>
      readJson(await isolated.readygo(["plan", version, "--source", "/media/usb", "--json"]));
    expect(await plan("latest")).toMatchObject({ status: "planned", version: "go1.27.4" });
    expect(await plan("1.26")).toMatchObject({ status: "planned", version: "go1.26.8" });
    expect((await plan("1.25")).error).toMatchObject({
      code: "version-unknown",
      remedy: ["readygo install 1.26.8", "readygo install 1.27.4", "readygo list"],
    });
  });

  it("refuses a bundle whose log was changed, though the archive is the pinned one", async () => {
    await isolated.script(
      `mkdir /srv/forged && cp -r /media/usb/sumdb /srv/forged/ && ln -s /media/usb/${tarGz} /srv/forged/
       sed -i 's/ZOmGe1On/ZOmGe1Oo/' /srv/forged/sumdb/sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64`,
    );
    const run = await isolated.readygo(["install", "1.26.8", "--source", "/srv/forged", "--no-verify", "--json"]);
    expect([run.status, readJson(run).error?.code]).toEqual([5, "log-proof-wrong"]);
    expect(isolated.exists("/usr/local/go")).toBe(false);
  });

  it("installs with no network at all, with the readygo of the bundle, proven by manifest and log", async () => {
    const install = "/opt/readygo/node /media/usb/readygo.mjs install 1.26 --source /media/usb --no-verify --json";
    const run = await isolated.run(install.split(" "));
    expect([run.status, run.stderr.includes("cannot be asked")]).toEqual([0, false]);
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.26.8" });
    const digest = readJson(run).checks.find(({ id }) => id === "archive-digest");
    expect([digest?.status, digest?.evidence.includes(pinned), digest?.evidence.includes(logged)]).toEqual([
      "pass",
      true,
      true,
    ]);
    expect(isolated.loopbackBytes()).toBe(0);
  });

  it("installs from any web server that serves the bundle, its newest release, proven by the log alone", async () => {
    const serve = `require("http").createServer((q, r) => { try { r.end(require("fs").readFileSync("/media/usb" + decodeURIComponent(q.url))) } catch { r.writeHead(404).end() } }).listen(8000, "127.0.0.1")`;
    const server = isolated.spawn(["/opt/readygo/node", "-e", serve]);
    await isolated.script("until : < /dev/tcp/127.0.0.1/8000; do sleep 0.1; done 2> /dev/null");
    const url = "http://127.0.0.1:8000/";
    const asked = await isolated.readygo(["sources", "--source", url, "--json"]);
    expect([asked.status, readJson(asked)["sources"]]).toMatchObject([
      0,
      [{ url: `${url}${zip}`, status: "delivers" }],
    ]);
    const run = await isolated.readygo(["install", "--source", url, "--no-verify", "--json"]);
    expect([run.status, readJson(run).error]).toEqual([0, null]);
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.27.4", previous: "go1.26.8" });
    expect(readJson(run).checks.find(({ id }) => id === "archive-digest")?.evidence).toContain("record 71124599");
    await server.kill("SIGKILL");
    await server.exited;
  });
});
