import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { officialRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

describe("--root DIR", () => {
  let host: LabHost;
  const image = "/srv/image";

  beforeAll(async () => {
    host = await createHost();
    await host.script(`
      mkdir -p ${image}/usr/local ${image}/etc/profile.d ${image}/var/lib ${image}/root ${image}/home/alice ${image}/usr/bin ${image}/run
      printf 'root:x:0:0::/root:/bin/bash\\nalice:x:4321:4321::/home/alice:/bin/bash\\n' >${image}/etc/passwd
      ln -s usr/bin ${image}/bin; touch ${image}/usr/bin/bash ${image}/usr/bin/sh
      printf 'export PATH=$PATH:/opt/x\\n' >${image}/home/alice/.bashrc; chown -R 4321:4321 ${image}/home/alice
      # A link in the image that would lead this machine's root astray.
      mkdir -p /private ${image}/private; ln -s /private ${image}/etc/linked
    `);
    await host.startMirror({ releases: [await officialRelease("1.26.8", "arm64")] });
  });
  afterAll(() => host?.destroy());

  it("provisions an arm64 image, and the manifest proves it; nothing outside DIR changes", async () => {
    const before = host.snapshot(["/usr/local", "/etc/profile.d", "/root", "/home", "/var/lib/readygo", "/private"]);
    const run = await host.readygo(
      ["install", "1.26.8", "--root", image, "--arch", "arm64", "--user", "alice", "--json"],
      { timeoutMs: 180_000 },
    );
    const result = readJson(run);
    expect(result).toMatchObject({ status: "changed", version: "go1.26.8", error: null });
    const verdicts = Object.fromEntries(
      result.checks.map(({ id, status, evidence }) => [id, `${status}: ${evidence}`]),
    );
    expect(verdicts["architecture"]).toMatch(/^pass: \d+ programs are for arm64: bin\/go, bin\/gofmt and the tools$/);
    expect(verdicts["tree-manifest"]).toMatch(/^pass: 15,0\d\d files, hashed in this run and not touched since$/);
    expect(verdicts["tree-public"]).toMatch(
      /^pass: record 61744020 .* states h1:sYL\/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=/,
    );
    expect(host.read(`${image}/var/lib/readygo/log.head`)).toMatch(/^go\.sum database tree\n/);
    expect(verdicts["go-run"]).toMatch(/^skip: /);
    expect(host.snapshot(["/usr/local", "/etc/profile.d", "/root", "/home", "/var/lib/readygo", "/private"])).toEqual(
      before,
    );
    expect(readFileSync(host.path(`${image}/usr/local/go/bin/go`)).readUInt16LE(18)).toBe(183);
    expect(host.snapshot([`${image}/home/alice/.bashrc`]).get(`${image}/home/alice/.bashrc`)).toMatchObject({
      uid: 4321,
      gid: 4321,
    });
  });

  it("changes nothing when run again, asking the image itself for its architecture", async () => {
    const before = host.snapshot([image]);
    const run = await host.readygo(["install", "1.26.8", "--root", image, "--user", "alice", "--json"]);
    expect(readJson(run)).toMatchObject({ status: "unchanged", version: "go1.26.8" });
    expect(host.snapshot([image])).toEqual(before);
  });

  it("gives the image back", async () => {
    expect(readJson(await host.readygo(["uninstall", "--root", image, "--json"])).status).toBe("changed");
    expect(
      [...host.snapshot([image]).keys()].filter((path) => path.includes("readygo") || path.includes("/go")),
    ).toEqual([]);
    expect(host.read(`${image}/home/alice/.bashrc`)).toBe("export PATH=$PATH:/opt/x\n");
  });
});
