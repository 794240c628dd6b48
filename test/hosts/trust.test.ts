import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Faults, mirrorNames, mirrorSites } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { fetchModule, toolchainModule, zipOf } from "../lab/releases/modules.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease, officialRelease } from "../lab/releases/releases.ts";
import { makeLabKey, signArchive } from "../lab/releases/signing-key.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

const aliyun = `https://${mirrorSites.aliyun}/golang`;
const file = "go1.30.1.linux-amd64.tar.gz";
/** It knows the releases, as it has to, or nobody would; and states no hash of them, as of very old ones. */
const noJson: Faults = { "go.dev/dl/": { replaceBody: JSON.stringify(["1.26.8", "1.30.1"].map(withoutHash)) } };
const noSignature: Faults = {
  [`${mirrorNames.downloads}/go/${file}.asc`]: { status: 404 },
  [`${mirrorSites.aliyun}/golang/${file}.asc`]: { status: 404 },
};

function withoutHash(version: string): unknown {
  const filename = `go${version}.linux-amd64.tar.gz`;
  const archive = { filename, os: "linux", arch: "amd64", version: `go${version}`, sha256: "", kind: "archive" };
  return { version: `go${version}`, stable: true, files: [archive] };
}

interface Row {
  readonly what: string;
  readonly from: readonly string[];
  readonly faults: Faults;
  readonly policy: "any" | "two" | "log";
  /** Exit, the code of an error, and the roots that the receipt names. */
  readonly outcome: readonly [exit: number, code: string | undefined, roots: readonly string[]];
}

const hash = "--sha256";
const rows: readonly Row[] = [
  row("publisher, all it has", ["publisher"], {}, "any", 0, ["publisher", "signature"]),
  row("publisher, no signature: its JSON is from the same host", ["publisher"], noSignature, "any", "policy-unmet"),
  row("publisher, no JSON", ["publisher"], noJson, "any", 0, ["signature"]),
  row("publisher, no JSON, no signature", ["publisher"], { ...noJson, ...noSignature }, "any", "checksum-unknown"),
  row("publisher, all it has", ["publisher"], {}, "two", 0, ["publisher", "signature"]),
  row("publisher, no JSON", ["publisher"], noJson, "two", "policy-unmet"),
  row("publisher, a release that the log lacks", ["publisher"], {}, "log", "policy-unmet"),
  row("mirror, no signature: the JSON is from elsewhere", [aliyun], noSignature, "any", 0, ["publisher"]),
  row("mirror, no signature", [aliyun], noSignature, "two", "policy-unmet"),
  row("mirror, no JSON", [aliyun], noJson, "any", 0, ["signature"]),
  row("mirror, --sha256 alone", [aliyun, hash], { ...noJson, ...noSignature }, "any", 0, ["flag"]),
  row("mirror, --sha256 and signature", [aliyun, hash], noJson, "two", 0, ["flag", "signature"]),
  row("directory with signature and key", ["/srv/signed"], { ...noJson }, "any", 0, ["signature"]),
  row("directory with nothing beside", ["/srv/bare"], { ...noJson }, "any", "checksum-unknown"),
  row("directory with nothing beside, JSON", ["/srv/bare"], {}, "any", 0, ["publisher"]),
];

function row(
  what: string,
  from: readonly string[],
  faults: Faults,
  policy: Row["policy"],
  ...[code, roots = []]: readonly [0, readonly string[]] | readonly [string, undefined?]
): Row {
  return { what, from, faults, policy, outcome: code === 0 ? [0, undefined, roots] : [5, code, []] };
}

describe("trust", () => {
  let host: LabHost;
  let mirror: Mirror;
  let release: LabArchive;
  let official: LabArchive;

  beforeAll(async () => {
    release = await makeSmallRelease("1.30.1");
    official = await officialRelease("1.26.8");
    host = await createHost();
    host.write(`/srv/bare/${file}`, readFileSync(release.path));
    host.write(`/srv/signed/${file}`, readFileSync(release.path));
    host.write(`/srv/signed/${file}.asc`, readFileSync(await signArchive(release)));
    host.write("/srv/signed/linux_signing_key.pub", (await makeLabKey()).keyFile);
    mirror = await host.startMirror({
      releases: [release, official],
      modules: [toolchainModule("1.26.8", "amd64")],
      names: [...Object.values(mirrorNames), mirrorSites.aliyun],
    });
  });
  afterAll(() => host?.destroy());

  const rootsOf = (): readonly string[] =>
    (JSON.parse(host.read("/var/lib/readygo/receipt.json")) as { trust: { root: string }[] }).trust.map(
      ({ root }) => root,
    );

  it.each(rows)("$policy: $what", async ({ from, faults, policy, outcome }) => {
    await mirror.setFaults(faults);
    await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
    const [source = "", ...more] = from;
    const hashed = more.includes(hash) ? [hash, release.sha256] : [];
    const args = ["--source", source, "--trust", policy, ...hashed, "--no-verify", "--json"];
    const run = await host.readygo(["install", "1.30.1", ...args]);
    const roots = run.status === 0 ? rootsOf() : [];
    expect([run.status, readJson(run).error?.code, roots.toSorted()]).toEqual(outcome);
  });

  it("has nothing that proves a local module zip where the log cannot be reached: that is no failure to fetch it", async () => {
    await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
    const zip = zipOf(await fetchModule(toolchainModule("1.26.8", "amd64")));
    host.write("/srv/zip/v0.0.1-go1.26.8.linux-amd64.zip", readFileSync(zip));
    await mirror.setFaults({ [`${mirrorNames.checksums}/*`]: { down: true } });
    for (const policy of ["any", "two", "log"]) {
      const args = ["--source", "/srv/zip", "--trust", policy, "--no-verify", "--json"];
      const run = await host.readygo(["install", "1.26.8", ...args]);
      const { error } = readJson(run);
      expect([policy, run.status, error?.code]).toEqual([policy, 5, "checksum-unknown"]);
      expect(error?.details["the checksum database"]).toContain("not used: it cannot be asked");
    }
  });

  it("asks nobody where signature and key lie beside a local archive, and says who signed it when", async () => {
    await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
    await mirror.forgetRequests();
    const run = await host.readygo(["install", "1.30.1", "--source", `/srv/signed/${file}`, "--no-verify"]);
    expect([run.status, await mirror.requests()]).toEqual([0, []]);
    expect(run.stderr).toMatch(/^ {2}verified {3}the publisher's signature/m);
    const { fingerprint } = await makeLabKey();
    expect(host.read("/var/lib/readygo/receipt.json")).toMatch(
      new RegExp(
        `"signed 20\\S+Z by subkey [0-9A-F]{16} of ${fingerprint}, with the key in linux_signing_key.pub beside the archive"`,
      ),
    );
  });

  it("asks of an installed release what it asks of a new one: its hash, and which roots have proven it", async () => {
    await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
    await mirror.setFaults({});
    const install = async (...more: readonly string[]) => {
      const run = await host.readygo(["install", "1.30.1", "--source", aliyun, "--no-verify", "--json", ...more]);
      const { status, error } = readJson(run);
      return [status, error?.code ?? rootsOf().toSorted().join(" ")];
    };
    expect(await install("--sha256", release.sha256)).toEqual(["changed", "flag signature"]);
    expect(await install("--sha256", release.sha256)).toEqual(["unchanged", "flag signature"]);
    expect(await install("--sha256", "0".repeat(64))).toEqual(["failed", "checksum-mismatch"]);
    expect(await install()).toEqual(["unchanged", "flag signature"]);
    await mirror.setFaults(noSignature);
    expect(await install("--repair", "--sha256", release.sha256)).toEqual(["unchanged", "flag signature"]);
    await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
    expect(await install()).toEqual(["changed", "publisher"]);
    expect(await install("--trust", "two")).toEqual(["failed", "policy-unmet"]);
    expect(host.read("/usr/local/go/VERSION")).toMatch(/^go1\.30\.1\n/);
    await mirror.setFaults({});
    expect(await install("--trust", "two")).toEqual(["changed", "publisher signature"]);
    expect(await install("--trust", "two")).toEqual(["unchanged", "publisher signature"]);
  });

  it("leaves out what the log does not cover where nothing else proves an archive", async () => {
    // As if this readygo were older than the release: without its hash in the manifest.
    const unpinned = host.read("/opt/readygo/dist/readygo.mjs").replaceAll(official.sha256, "");
    host.write("/opt/unpinned.mjs", unpinned);
    await host.script("rm -rf /usr/local/go /usr/local/.readygo /var/lib/readygo");
    await mirror.setFaults({ ...noJson, [`${mirrorSites.aliyun}/golang/${official.filename}.asc`]: { status: 404 } });
    const install = ["install", "1.26.8", "--source", aliyun, "--trust", "log", "--no-verify"];
    const run = await host.run(["/opt/readygo/node", "/opt/unpinned.mjs", ...install]);
    expect(run.stderr).toContain("api, doc, misc and test, which it does not cover, are left out");
    expect([run.status, rootsOf()]).toEqual([0, ["log"]]);
    const left = await host.script(
      "cd /usr/local/go && for at in api bin doc misc src test; do [ ! -e $at ] || echo $at; done",
    );
    expect(left.stdout).toBe("bin\nsrc\n");
    const repair = await host.readygo(["install", "1.26.8", "--repair", "--no-verify", "--json"]);
    expect(readJson(repair)).toMatchObject({ status: "unchanged", version: "go1.26.8" });
  });

  it("goes below the installed release only where that one is named", async () => {
    await mirror.setReleases([release, await makeSmallRelease("1.30.2")]);
    await mirror.setFaults({});
    const install = async (version: string) => {
      const run = await host.readygo(["install", version, "--source", "publisher", "--no-verify", "--json"]);
      return [run.status, readJson(run).version];
    };
    expect(await install("1.30.2")).toEqual([0, "go1.30.2"]);
    await mirror.setReleases([release]);
    expect(await install("latest")).toEqual([0, "go1.30.2"]);
    expect(await install("1.30")).toEqual([0, "go1.30.2"]);
    expect(await install("1.30.1")).toEqual([0, "go1.30.1"]);
  });
});
