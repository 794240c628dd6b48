import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CertificateKind, type Faults, mirrorNames } from "../lab/servers/mirror-protocol.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Rule: a certificate that does not hold is never accepted, and what is wrong with it is reported, with its own remedy.
describe("TLS that fails", () => {
  let host: LabHost;
  let mirror: Mirror;
  beforeAll(async () => {
    host = await createHost();
    mirror = await host.startMirror({ releases: [await makeSmallRelease("1.30.2")], modules: [] });
  });
  afterAll(() => host?.destroy());

  const publisher = mirrorNames.publisher;
  it.each<[CertificateKind, string, string, Faults]>([
    ["unknown", "tls-unknown-ca: its certificate is signed by", "update-ca-certificates", {}],
    ["expired", "tls-expired: its certificate has expired: 2020-01-01", "openssl s_client -connect go.dev:443", {}],
    ["wrong-name", "tls-wrong-name: its certificate is for another name than go.dev", "getent ahosts go.dev", {}],
    ["not-yet-valid", "tls-expired: its certificate is not valid yet: 2090", "openssl s_client", {}],
    // The server's own clock agrees with its certificate: ours is what is off.
    [
      "not-yet-valid",
      "clock-wrong: this host's clock is wrong",
      "timedatectl set-ntp true",
      { [`${publisher}/`]: { headers: { date: "Wed, 01 Mar 2090 00:00:00 GMT" } } },
    ],
    [
      "expired",
      "clock-wrong: this host's clock is wrong",
      "timedatectl set-ntp true",
      { [`${publisher}/`]: { headers: { date: "Sun, 01 Mar 2020 00:00:00 GMT" } } },
    ],
  ])("%s: %s", async (certificate, told, remedy, more) => {
    await mirror.setFaults({ [publisher]: { certificate }, ...more });
    const run = await host.readygo([
      "install",
      "1.30.2",
      "--source",
      "publisher",
      "--sha256",
      "0".repeat(64),
      "--json",
    ]);
    const { error } = readJson(run);
    expect([run.status, error?.code]).toEqual([4, "sources-failed"]);
    expect(error?.details["the publisher"]).toContain(told);
    expect(error?.remedy[0]).toContain(remedy);
    expect(host.exists("/usr/local/go")).toBe(false);
  });

  it("a module proxy's, too: it is named, and not the checksum database that was asked in its place", async () => {
    await mirror.setFaults({
      [mirrorNames.proxy]: { certificate: "unknown" },
      [`${mirrorNames.checksums}/*`]: { down: true },
    });
    const run = await host.readygo(["install", "1.26.8", "--source", `goproxy=${mirror.proxyUrl}`, "--json"]);
    const { error } = readJson(run);
    expect([run.status, error?.code]).toEqual([4, "sources-failed"]);
    const [told = ""] = Object.values(error?.details ?? {});
    expect(told).toMatch(/^tls-unknown-ca: its certificate is signed by .*goproxy\.lab\.test/);
    expect(told).toMatch(/attempt 2.*sum\.golang\.org/);
    expect(error?.remedy[0]).toContain("update-ca-certificates");
  });
});
