import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { advisoryListShape } from "../../src/release/advisories.ts";
import { checkout } from "../lab/suite/lab-cache.ts";
import { type Faults, mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { toolchainModule } from "../lab/releases/modules.ts";
import { makeSmallRelease, type LabArchive } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

/** A vulnerability database with one advisory of Go's own, one of Windows alone, one withdrawn, and one of a module. */
const database: Faults = answerJson({
  "index/db.json": { modified: "2026-11-29T10:00:00Z" },
  "index/modules.json": [
    { path: "example.com/other", vulns: [{ id: "GO-2026-9001" }] },
    { path: "stdlib", vulns: [{ id: "GO-2026-9002" }, { id: "GO-2026-9003" }] },
    { path: "toolchain", vulns: [{ id: "GO-2026-9002" }, { id: "GO-2026-9004" }] },
  ],
  "ID/GO-2026-9002.json": {
    id: "GO-2026-9002",
    aliases: ["CVE-2026-1", "GHSA-x"],
    affected: [
      {
        package: { name: "stdlib", ecosystem: "Go" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.26.9" }, { introduced: "1.27.0-0" }] }],
        ecosystem_specific: {
          imports: [
            { path: "net/http", symbols: ["Get"] },
            { path: "os", goos: ["windows"] },
          ],
        },
      },
    ],
  },
  "ID/GO-2026-9003.json": {
    id: "GO-2026-9003",
    affected: [{ package: { name: "stdlib" }, ecosystem_specific: { imports: [{ path: "os", goos: ["windows"] }] } }],
  },
  "ID/GO-2026-9004.json": { id: "GO-2026-9004", withdrawn: "2026-11-01T00:00:00Z", affected: [] },
});

function answerJson(files: Readonly<Record<string, unknown>>): Faults {
  return Object.fromEntries(
    Object.entries(files).map(([path, value]) => [
      `${mirrorNames.proxy}/vuln/${path}`,
      { replaceBody: JSON.stringify(value) },
    ]),
  );
}

// 1.30.1 is a release that only this publisher knows; 1.27.4 for amd64 one that only the module proxy and the log know.
describe("scripts/refresh-manifests", () => {
  let host: LabHost;
  let mirror: Mirror;
  let release: LabArchive;
  const pins = ["releases.json", "releases-provenance.tsv", "log-records.json"] as const;

  beforeAll(async () => {
    release = await makeSmallRelease("1.30.1");
    host = await createHost({ bind: [{ from: checkout, to: "/srv/checkout" }] });
    mirror = await host.startMirror({
      releases: [release],
      modules: [toolchainModule("1.27.4", "amd64")],
      faults: database,
    });
    // As it was before anybody had seen 1.27.4 for amd64.
    for (const name of pins) host.write(`/srv/in/${name}`, withoutNewest(name));
  });
  afterAll(() => host?.destroy());

  function withoutNewest(name: (typeof pins)[number]): string {
    const text = readFileSync(join(checkout, "manifests", name), "utf8");
    if (name.endsWith(".tsv")) return text.replace(/^go1\.27\.4\.linux-amd64\..*\n/m, "");
    const entries = JSON.parse(text) as { files?: { filename: string }[]; moduleVersion?: string }[];
    const others = entries
      .filter(({ moduleVersion }) => moduleVersion !== "v0.0.1-go1.27.4.linux-amd64")
      .map(({ files, ...entry }) =>
        files === undefined
          ? entry
          : { ...entry, files: files.filter(({ filename }) => filename !== "go1.27.4.linux-amd64.tar.gz") },
      );
    return `${JSON.stringify(others, null, 1)}\n`;
  }

  const refresh = (args: readonly string[] = []) =>
    host.run(
      [
        "/opt/readygo/node",
        "scripts/refresh-manifests.ts",
        "--lines",
        "2",
        "--vulndb",
        `https://${mirrorNames.proxy}/vuln`,
        "--in",
        "/srv/in",
        "--out",
        "/srv/out",
        ...args,
      ],
      { cwd: "/srv/checkout", env: { GOPROXY: `${mirror.proxyUrl},off` } },
    );
  const rows = (prefix: string) =>
    host
      .read("/srv/out/releases-provenance.tsv")
      .split("\n")
      .filter((row) => row.startsWith(prefix));

  it("adds what publisher and log state, with the roots that agree, and keeps the rest byte for byte", async () => {
    const run = await refresh();
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(rows("go1.30.1.")).toEqual([
      [release.filename, release.sha256, "", "", "publisher, download-host", ""].join("\t"),
    ]);
    const { h1, recordId } = JSON.parse(readFileSync(join(checkout, "manifests/log-records.json"), "utf8")).find(
      ({ moduleVersion }: { moduleVersion: string }) => moduleVersion === "v0.0.1-go1.27.4.linux-amd64",
    );
    expect(rows("go1.27.4.linux-amd64")).toEqual([
      ["go1.27.4.linux-amd64.tar.gz", "", h1, recordId, "log", ""].join("\t"),
    ]);
    const written = host.read("/srv/out/releases.json");
    expect(written.replace(/^\[\n \{[^]*?\n \},\n/, "[\n")).toBe(
      readFileSync(join(checkout, "manifests/releases.json"), "utf8"),
    );
    expect((JSON.parse(written) as { version: string }[])[0]?.version).toBe("go1.30.1");
  });

  it("takes from the vulnerability database what affects Go itself on Linux", () => {
    expect(parse(advisoryListShape, JSON.parse(host.read("/srv/out/go-advisories.json")))).toEqual({
      source: expect.stringContaining("https://vuln.go.dev"),
      licence: expect.stringContaining("CC-BY-4.0"),
      modified: "2026-11-29",
      advisories: [
        {
          id: "GO-2026-9002",
          aliases: ["CVE-2026-1"],
          packages: ["net/http"],
          ranges: [
            ["0", "1.26.9"],
            ["1.27.0-0", null],
          ],
        },
      ],
    });
  });

  it("writes nothing where the download host's hash is not the publisher's", async () => {
    await host.must(["rm", "-r", "/srv/out"]);
    const hash = "0".repeat(64);
    await mirror.setFaults({
      ...database,
      [`${mirrorNames.downloads}/go/${release.filename}.sha256`]: { replaceBody: hash },
    });
    const run = await refresh();
    expect([run.status, run.stderr, host.exists("/srv/out")]).toEqual([
      1,
      `disagree: ${release.filename} sha256: download-host states ${hash}, pinned is ${release.sha256}\nnothing was written\n`,
      false,
    ]);
    await mirror.setFaults(database);
  });

  it("takes local files as roots: the publisher's JSON from elsewhere, and an archive that lies there", async () => {
    const files = [{ ...release, os: "linux", kind: "archive" }];
    host.write("/srv/elsewhere.json", JSON.stringify([{ version: release.version, stable: true, files }]));
    host.write(`/srv/${release.filename}`, readFileSync(release.path));
    await mirror.setFaults({
      "go.dev/*": { down: true },
      [`${mirrorNames.proxy}/vuln/*`]: { down: true },
      "dl.google.com/*": { down: true },
    });
    const run = await refresh(["--from", "/srv/elsewhere.json", "--archive", `/srv/${release.filename}`]);
    expect([run.status, run.stderr.split("\n").map((line) => line.split(":")[0])]).toEqual([
      0,
      [
        "the publisher's JSON cannot be had",
        "the download host cannot be asked",
        "the vulnerability database cannot be asked",
        "",
      ],
    ]);
    expect(rows("go1.30.1.")).toEqual([
      [release.filename, release.sha256, "", "", "elsewhere.json, archive", ""].join("\t"),
    ]);
    await mirror.setFaults(database);
  });
});
