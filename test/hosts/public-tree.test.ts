import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchModule, loggedTreeSize, toolchainModule } from "../lab/releases/modules.ts";
import { mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease, officialRelease } from "../lab/releases/releases.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

const h1 = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=";
const zip = "golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip";

// A tree is what the log that everybody sees has on record, whoever put it there. Under --root, since that is all that is
// looked at there; the checks that run programs have tests of their own.
describe("a tree and the transparency log", () => {
  let host: LabHost;
  let mirror: Mirror;
  const image = "/srv/image";
  const tree = `${image}/usr/local/go`;
  let env: Readonly<Record<string, string>>;
  let treeSize: number;

  beforeAll(async () => {
    treeSize = await loggedTreeSize("1.26.8");
    const { directory } = await fetchModule(toolchainModule("1.26.8", "amd64"));
    host = await createHost({ bind: [{ from: directory, to: "/srv/kit" }] });
    await host.script(`
      mkdir -p ${image}/usr/local ${image}/etc/profile.d ${image}/var/lib ${image}/root ${image}/usr/bin ${image}/run
      printf 'root:x:0:0::/root:/bin/bash\\n' >${image}/etc/passwd
      ln -s usr/bin ${image}/bin; touch ${image}/usr/bin/bash ${image}/usr/bin/sh
    `);
    mirror = await host.startMirror({ releases: [await officialRelease("1.26.8")] });
    env = { GOPROXY: mirror.proxyUrl };
  });
  afterAll(() => host?.destroy());

  const verify = async (more: Readonly<Record<string, string>> = {}) => {
    const run = await host.readygo(["verify", "--root", image, "--json"], { env: { ...env, ...more } });
    const result = readJson(run);
    return { run, result, check: result.checks.find(({ id }) => id === "tree-public") };
  };
  const sumdbRequests = async () => (await mirror.requests()).filter(({ url }) => url.includes("sum"));

  it("is proven when it is installed from the publisher's archive, and the record with its proof goes into the receipt", async () => {
    const args = ["install", "1.26.8", "--root", image, "--arch", "amd64", "--json"];
    const result = readJson(await host.readygo(args, { env, timeoutMs: 180_000 }));
    expect(result).toMatchObject({ status: "changed", error: null });
    expect(result.checks.find(({ id }) => id === "archive-digest")?.evidence).toContain(
      `log (the checksum database's record 61743986 states ${h1})`,
    );
    expect(result.checks.find(({ id }) => id === "tree-public")).toMatchObject({ status: "pass" });
    const receipt = JSON.parse(host.read(`${image}/var/lib/readygo/receipt.json`)) as { record?: { h1: string } };
    expect(receipt.record?.h1).toBe(h1);
    expect(host.read(`${image}/var/lib/readygo/log.head`)).toMatch(
      new RegExp(`^go\\.sum database tree\\n${treeSize}\\n`),
    );
  });

  it("is proven again by that record alone: the network is not asked", async () => {
    await mirror.forgetRequests();
    const { run, check } = await verify();
    expect(check).toEqual({
      id: "tree-public",
      layer: 1,
      status: "pass",
      evidence: `record 61743986 of ${treeSize.toLocaleString("en-US")} in the checksum database states ${h1}, which is this tree's (api, doc, misc, test and modes are not covered)`,
      remedy: null,
    });
    expect([run.status, await mirror.requests()]).toEqual([0, []]);
  });

  it("names the file with one byte changed, the one added and the one removed, from the manifest", async () => {
    await host.script(`
      cd ${tree}; cp -p src/fmt/print.go /srv/print.go; cp -p src/os/file.go /srv/file.go
      printf X | dd of=src/fmt/print.go bs=1 seek=100 conv=notrunc status=none
      echo 'package fmt' >src/fmt/extra.go; rm src/os/file.go`);
    const { run, check } = await verify();
    expect([run.status, check?.status]).toEqual([7, "fail"]);
    expect(check?.evidence).toMatch(
      /^3 differences: src\/fmt\/print\.go \(content\), src\/os\/file\.go \(missing\), src\/fmt\/extra\.go \(added\); this tree's hash is h1:/,
    );
  });

  it("names them in a tree that readygo did not install, from the end of the module's zip", async () => {
    await host.script(`rm -r ${image}/var/lib/readygo`);
    await mirror.forgetRequests();
    const { run, check } = await verify();
    expect([run.status, check?.status]).toEqual([7, "fail"]);
    expect(check?.evidence).toMatch(
      /^3 differences: src\/fmt\/print\.go \(content\), src\/os\/file\.go \(missing\), src\/fmt\/extra\.go \(added\); this tree's hash is h1:.*, the public release's h1:ZOmG/,
    );
    const asked = (await mirror.requests()).filter(({ url }) => url.endsWith(".zip"));
    expect(asked.map(({ status }) => status)).toEqual([206, 206]);
    expect(asked.at(-1)?.bytes).toBe(2 * 1024 * 1024);
    expect(host.exists(`${image}/var/lib/readygo`)).toBe(false);
  });

  it("names them without a network where GOPROXY leads to a module on this machine, as a bundle has it", async () => {
    const { check } = await verify({ GOPROXY: "file:///srv/kit" });
    expect(check?.evidence).toMatch(/^3 differences: src\/fmt\/print\.go \(content\)/);
    expect((await host.script("ls -d /tmp/readygo-* 2>/dev/null || true")).stdout).toBe("");
  });

  it("names them with a server that grants no ranges: the whole zip is fetched to a temporary place", async () => {
    await mirror.setFaults({ [`${mirrorNames.proxy}/${zip}`]: { ignoreRange: true } });
    const { check } = await verify();
    expect(check?.evidence).toMatch(/^3 differences: src\/fmt\/print\.go \(content\)/);
    expect((await host.script("ls -d /tmp/readygo-* 2>/dev/null || true")).stdout).toBe("");
    await mirror.setFaults({});
  });

  it("is proven where readygo did not install it, by what the log says now", async () => {
    await host.script(
      `cp -p /srv/print.go ${tree}/src/fmt/; cp -p /srv/file.go ${tree}/src/os/; rm ${tree}/src/fmt/extra.go`,
    );
    const { run, result, check } = await verify();
    expect([run.status, check?.status]).toEqual([0, "pass"]);
    expect(result.checks.find(({ id }) => id === "tree-manifest")?.status).toBe("warn");
    expect(host.exists(`${image}/var/lib/readygo`)).toBe(false);
  });

  it("is said to be a distribution's where only its go.env says GOTOOLCHAIN=local", async () => {
    await host.script(`sed -i s/^GOTOOLCHAIN=auto/GOTOOLCHAIN=local/ ${tree}/go.env`);
    expect((await verify()).check).toMatchObject({
      status: "warn",
      evidence: expect.stringContaining("but for go.env: that says GOTOOLCHAIN=local, the release auto") as unknown,
    });
    await host.script(`sed -i s/^GOTOOLCHAIN=local/GOTOOLCHAIN=auto/ ${tree}/go.env`);
  });

  const byPin = `the pinned manifest states ${h1}, which is this tree's (api, doc, misc, test and modes are not covered)`;

  it("is proven by the pinned manifest alone where a setting forbids to ask the database, and the setting is named", async () => {
    await mirror.forgetRequests();
    const { run, check } = await verify({ GOSUMDB: "off" });
    expect(check).toMatchObject({
      status: "pass",
      evidence: `${byPin}; without the checksum database: it is not asked: GOSUMDB=off in the environment`,
    });
    expect([run.status, await sumdbRequests()]).toEqual([0, []]);
  });

  it("is proven, or refused, by the pinned manifest alone where the log cannot be reached, and the reason is given", async () => {
    await mirror.setFaults({
      [`${mirrorNames.proxy}/sumdb/*`]: { down: true },
      [`${mirrorNames.checksums}/*`]: { down: true },
    });
    const { run, check } = await verify();
    expect([run.status, check?.status]).toEqual([0, "pass"]);
    expect(check?.evidence).toContain(`${byPin}; without the checksum database: it cannot be asked: `);
    await host.script(`printf ' ' >>${tree}/src/os/file.go`);
    const changed = await verify();
    expect([changed.run.status, changed.check?.status]).toEqual([7, "fail"]);
    expect(changed.check?.evidence).toContain(`the public release's ${h1}`);
    await host.script(`cp -p /srv/file.go ${tree}/src/os/`);
    await mirror.setFaults({});
  });

  it("is not proven by a log whose answer does not verify", async () => {
    await mirror.setFaults({ [`${mirrorNames.proxy}/sumdb/sum.golang.org/lookup/*`]: { corruptByteAt: 300 } });
    const { run, check } = await verify();
    expect([run.status, check?.status]).toEqual([7, "fail"]);
    expect(check?.evidence).toMatch(/\(log-(signature-invalid, signature|key-unknown, key|head-wrong, tree head)\)$/);
    await mirror.setFaults({});
  });

  it("is refused at the install where the log has another hash, whatever else proves the archive", async () => {
    // An archive that is pinned by its hash, and whose tree is not the one that everybody else gets.
    const other = await makeSmallRelease("1.26.8");
    await mirror.setReleases([other]);
    const args = ["install", "1.26.8", "--root", image, "--arch", "amd64", "--sha256", other.sha256, "--json"];
    const run = await host.readygo(args, { env, timeoutMs: 180_000 });
    expect(readJson(run).error).toMatchObject({ code: "roots-disagree", exit: 5, details: { expected: h1 } });
    expect(host.exists(`${image}/var/lib/readygo`)).toBe(false);
  });
});

// Each as its own machine would have it, proven here in an image: what a hash is of does not depend on who computes it.
describe.each([
  ["1.26.8", "arm64", 61744020],
  ["1.27.4", "amd64", 71124599],
  ["1.27.4", "arm64", 71124612],
] as const)("go%s for %s", (version, arch, record) => {
  let host: LabHost;
  const image = "/srv/image";
  afterAll(() => host?.destroy());

  it("is proven, and one byte changed, one file added and one removed are named", async (context) => {
    if (version !== "1.27.4" || arch !== "arm64") onlyInFullMode(context);
    const module = toolchainModule(version, arch);
    await fetchModule(module).catch((error: unknown) => {
      if (!/\b(403|404|410)\b/.test(String(error))) throw error;
      skipBecause(context, `this machine's module proxy has no go${version} for ${arch}`);
    });
    host = await createHost();
    const mirror = await host.startMirror({ releases: [], modules: [module], names: [mirrorNames.proxy] });
    const run = (args: readonly string[]) =>
      host.readygo([...args, "--root", image, "--json"], { env: { GOPROXY: mirror.proxyUrl }, timeoutMs: 180_000 });
    const verify = async () => readJson(await run(["verify"])).checks.find(({ id }) => id === "tree-public");
    await host.script(`
      mkdir -p ${image}/usr/local ${image}/etc/profile.d ${image}/var/lib ${image}/root ${image}/run
      printf 'root:x:0:0::/root:/bin/bash\\n' >${image}/etc/passwd`);
    const proven = { status: "pass", evidence: expect.stringMatching(`^record ${record} of `) as unknown };
    const installed = readJson(await run(["install", version, "--arch", arch]));
    expect(installed).toMatchObject({ status: "changed", error: null });
    expect(installed.checks.find(({ id }) => id === "tree-public")).toMatchObject(proven);

    // Without the record that travels in the receipt, from what the log says now.
    await host.script(`rm -r ${image}/var/lib/readygo`);
    expect(await verify()).toMatchObject(proven);

    await host.script(`
      cd ${image}/usr/local/go; printf X | dd of=src/fmt/print.go bs=1 seek=100 conv=notrunc status=none
      echo 'package fmt' >src/fmt/extra.go; rm src/os/file.go`);
    expect(await verify()).toMatchObject({
      status: "fail",
      evidence: expect.stringMatching(
        /^3 differences: src\/fmt\/print\.go \(content\), src\/os\/file\.go \(missing\), src\/fmt\/extra\.go \(added\); this tree's hash is h1:/,
      ),
    });
  });
});
