import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aptRepository } from "../lab/apt-repository.ts";
import { releaseFiles } from "../lab/release-files.ts";
import { releaseBase, startReleaseServer } from "../lab/release-server.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases.ts";
import { type LabHost, withHost } from "../lab/throw-away-host.ts";

// From a Debian root with nothing but what is Essential to a verified Go, against a release server and an apt repository
// of real packages on loopback. No Ubuntu: that cannot be had here.

async function onMinbase(work: (host: LabHost, requests: readonly string[]) => Promise<void>): Promise<void> {
  const files = await releaseFiles();
  const apt = await aptRepository(["ca-certificates", "curl", "wget"]);
  await withHost({ lower: "minbase" }, async (host) => {
    host.write("/etc/apt/sources.list", `deb [trusted=yes] ${releaseBase}/apt ./\n`);
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
    const server = await startReleaseServer(host, { "": files, apt });
    try {
      await work(host, server.requests);
    } finally {
      await server.stop();
    }
  });
}

async function hasGo(host: LabHost): Promise<void> {
  expect((await host.must(["su", "-", "-c", "go version"])).stdout).toBe("go version go1.30.1 linux/amd64\n");
  expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("readygo\n");
}

describe("the one line on a minimal host", () => {
  it("needs neither Node, curl, wget, certificates nor xz", async () => {
    await onMinbase(async (host, requests) => {
      for (const name of ["node", "curl", "wget", "xz", "zstd", "openssl"]) {
        expect((await host.run(["sh", "-c", `command -v ${name}`])).status).not.toBe(0);
      }
      // What cannot be fetched by a host without either is brought: by scp, say, or by cloud-init.
      const input = readFileSync(join(await releaseFiles(), "bootstrap.sh"));
      const run = await host.run(["sh", "-s", "--", ...pinRelease(await makeSmallRelease("1.30.1"))], {
        input,
        timeoutMs: 300_000,
      });
      expect([run.status, run.stdout]).toEqual([
        0,
        expect.stringContaining("go1.30.1 linux/amd64 is at /usr/local/go"),
      ]);
      expect(run.stderr).toContain("installing curl and ca-certificates with apt-get");
      expect(requests.at(-1)).toBe("/readygo-linux-amd64.gz");
      await hasGo(host);
    });
  });

  it("does with wget alone", async () => {
    await onMinbase(async (host, requests) => {
      await host.must(["apt-get", "-qq", "update"]);
      await host.must(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "wget"]);
      const line = `set -o pipefail; wget -qO- ${releaseBase}/bootstrap.sh | sh -s -- ${pinRelease(await makeSmallRelease("1.30.1")).join(" ")}`;
      const run = await host.run(["bash", "-c", line], { timeoutMs: 300_000 });
      expect([run.status, run.stdout]).toEqual([
        0,
        expect.stringContaining("go1.30.1 linux/amd64 is at /usr/local/go"),
      ]);
      expect(requests.slice(-2)).toEqual(["/bootstrap.sh", "/readygo-linux-amd64.gz"]);
      await hasGo(host);
    });
  });
});
