import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

describe("named sources", () => {
  let host: LabHost;
  let mirror: Mirror;
  let release: LabArchive;

  beforeAll(async () => {
    host = await createHost();
    await host.addUser("alice");
    release = await makeSmallRelease("1.30.1");
    mirror = await host.startMirror({
      releases: [release],
      names: [...Object.values(mirrorNames), ...Object.values(mirrorSites)],
    });
  });
  afterAll(() => host?.destroy());

  const ask = async (args: readonly string[]) => {
    const run = await host.readygo(["sources", ...args, "--json"], {
      user: "alice",
      env: { GOPROXY: `${mirror.proxyUrl},off` },
    });
    const { sources } = readJson(run) as unknown as {
      sources: { name: string; status: string; url: string; why: string | null }[];
    };
    return { run, sources };
  };

  it("asks all that are known, a few at once, and puts the best first; writes nothing, needs no root", async () => {
    const archive = `golang/${release.filename}`;
    await mirror.setFaults({
      [`${mirrorSites.ustc}/${archive}`]: { rate: 400_000 },
      [`${mirrorSites.aliyun}/${archive}`]: { delayMs: 300 },
      [`${mirrorSites.nju}/${archive}`]: { down: true },
      [`${mirrorSites.hust}/${archive}`]: { status: 403 },
      [`${mirrorNames.downloads}/go/${release.filename}`]: { html200: true, times: 1 },
    });
    const places = ["/etc", "/root", "/home", "/var/lib/readygo", "/run"];
    const before = host.snapshot(places);
    const startedAt = Date.now();
    const { run, sources } = await ask(["1.30.1", "--all"]);
    expect(Date.now() - startedAt).toBeLessThan(150_000);
    expect(run.status).toBe(0);
    const summary = sources.map(({ name, status, why }) => [name, status, why]);
    // Two of them lead to the download host, which answers the first that comes with a page: the publisher has another address
    // then, its host in China has none.
    const delivering = sources.filter(({ status }) => status === "delivers").map(({ name }) => name);
    const always = delivering.filter((name) => name !== "publisher-china");
    expect(always.toSorted()).toEqual(["aliyun", "publisher", "publisher-storage", "ustc"]);
    expect(sources.slice(0, delivering.length).map(({ name }) => name)).toEqual(delivering);
    expect(delivering.at(-1)).toBe("ustc");
    expect(summary).toEqual(
      expect.arrayContaining([
        ["nju", "fails", "the connection was reset"],
        ["hust", "fails", "it answers 403"],
        ["goproxy", "absent", "it answers 404"],
        ["publisher-modules", "absent", "it answers 404"],
      ]),
    );
    expect(sources.find(({ name }) => name === "publisher")?.url).toBe(`https://dl.google.com/go/${release.filename}`);
    expect(host.snapshot(places)).toEqual(before);
    await mirror.setFaults({});
  });

  it("asks those that install would try, by the settings of the host, and says that others are off", async () => {
    host.write("/etc/readygo.ini", "[source]\norder = ustc, goproxy\n");
    const run = await host.readygo(["sources", "1.30.1"], { user: "alice", env: { GOPROXY: mirror.proxyUrl } });
    expect([run.status, run.stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2))]).toEqual([
      0,
      [
        ["source", "first byte"],
        ["ustc", "delivers"],
        ["goproxy", "absent"],
        ["7 more are off unless they are named: readygo sources --all"],
        [""],
      ],
    ]);
    await host.must(["rm", "/etc/readygo.ini"]);
  });

  it("ends with 4 where none delivers, each with its reason", async () => {
    await mirror.setFaults({ [`${mirrorSites.hust}/*`]: { status: 404 } });
    const { run, sources } = await ask(["1.30.1", "--source", "hust", "--source", "/srv/nothing"]);
    expect([run.status, readJson(run).error?.code, sources.map(({ status }) => status)]).toEqual([
      4,
      "sources-failed",
      ["absent", "absent"],
    ]);
    expect(readJson(run).error?.details).toMatchObject({
      "/srv/nothing": `/srv/nothing/${release.filename} does not exist`,
    });
  });

  it("gives the nearest names for one that is not known", async () => {
    const run = await host.readygo(["sources", "--source", "aliyn", "--json"]);
    expect([run.status, readJson(run).error?.code, readJson(run).error?.remedy[0]]).toEqual([
      2,
      "source-invalid",
      "readygo install --source aliyun",
    ]);
  });

  it("names each proxy of a list that could not deliver", async () => {
    const list = "goproxy=https://one.lab.invalid|https://two.lab.invalid";
    const run = await host.readygo(["install", "1.26.8", "--source", list, "--sha256", "0".repeat(64), "--json"]);
    const { error } = readJson(run);
    const told = Object.values(error?.details ?? {}).join("\n");
    expect([run.status, error?.code]).toEqual([4, "sources-failed"]);
    expect(told).toContain("of https://one.lab.invalid/");
    expect(told).toContain("of https://two.lab.invalid/");
  });

  it("takes bytes from a named mirror and trust from elsewhere", async () => {
    await mirror.forgetRequests();
    await mirror.setFaults({ [`${mirrorSites.aliyun}/golang/*`]: { corruptByteAt: 5000 } });
    const corrupt = await host.readygo(["install", "1.30.1", "--source", "aliyun", "--no-verify", "--json"]);
    expect([corrupt.status, readJson(corrupt).error?.code]).toEqual([5, "checksum-mismatch"]);
    await mirror.setFaults({});
    const run = await host.readygo(["install", "1.30.1", "--source", "aliyun", "--no-verify", "--json"]);
    expect(readJson(run)).toMatchObject({ status: "changed", version: "go1.30.1" });
    const asked = (await mirror.requests()).map(({ host: name, url }) => `${name}${url}`);
    expect(asked).toContain(`${mirrorSites.aliyun}/golang/${release.filename}`);
    expect(asked).toContain("go.dev/dl/?mode=json&include=all");
    expect(asked).not.toContain(`dl.google.com/go/${release.filename}`);
  });
});
