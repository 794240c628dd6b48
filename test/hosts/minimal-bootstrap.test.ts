import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256OfFile } from "../../scripts/release/sha256-of-file.ts";
import { type StampedFile, stampBootstrap } from "../../scripts/release/stamp-bootstrap.ts";
import { aptRepository } from "../lab/servers/apt-repository.ts";
import { checkout } from "../lab/suite/lab-cache.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { releaseBase, startReleaseServer } from "../lab/servers/release-server.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";
import { type LabHost, withHost } from "../lab/hosts/throw-away-host.ts";

// From a Debian root with nothing but what is Essential to a verified Go, against a release server and an apt repository
// of real packages on loopback. No Ubuntu: that cannot be had here.

// The release with its gzip form, and an xz form that was made in haste.
let files: string;
beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), "readygo-forms-"));
  const executable = join(checkout, "dist/readygo-linux-amd64");
  const gzip = join(files, "readygo-linux-amd64.gz");
  const xz = join(files, "readygo-linux-amd64.xz");
  copyFileSync(join(await releaseFiles(), "readygo-linux-amd64.gz"), gzip);
  execFileSync("sh", ["-c", 'xz -0 --stdout "$1" >"$2"', "sh", executable, xz]);
  const describeFile = async (form: StampedFile["form"], path: string): Promise<StampedFile> => {
    return { architecture: "amd64", form, bytes: statSync(path).size, sha256: await sha256OfFile(path) };
  };
  const forms = [
    await describeFile("binary", executable),
    await describeFile("gz", gzip),
    await describeFile("xz", xz),
  ];
  const text = readFileSync(join(checkout, "scripts/bootstrap.sh"), "utf8");
  writeFileSync(
    join(files, "bootstrap.sh"),
    stampBootstrap(text, { version: "0.1.0", base: releaseBase, files: forms }),
  );
});
afterAll(() => rmSync(files, { recursive: true, force: true }));

async function onMinbase(work: (host: LabHost, requests: readonly string[]) => Promise<void>): Promise<void> {
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
  expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("go\ngofmt\nreadygo\n");
}

describe("the one line on a minimal host", () => {
  it("needs neither Node, curl, wget, certificates nor xz", async () => {
    await onMinbase(async (host, requests) => {
      for (const name of ["node", "curl", "wget", "xz", "zstd", "openssl"]) {
        expect((await host.run(["sh", "-c", `command -v ${name}`])).status).not.toBe(0);
      }
      // What cannot be fetched by a host without either is brought: by scp, say, or by cloud-init.
      const input = readFileSync(join(files, "bootstrap.sh"));
      const run = await host.run(["sh", "-s", "--", ...pinRelease(await makeSmallRelease("1.30.1"))], {
        input,
        timeoutMs: 300_000,
      });
      expect([run.status, run.stdout]).toEqual([0, expect.stringContaining("go1.30.1 linux/amd64 is installed")]);
      expect(run.stderr).toContain("installing curl and ca-certificates with apt-get");
      // dpkg-deb unpacks it.
      expect(requests.at(-1)).toBe("/readygo-linux-amd64.xz");
      await hasGo(host);
    });
  });

  it("does with wget alone, and with gzip where dpkg-deb cannot be had", async () => {
    await onMinbase(async (host, requests) => {
      await host.must(["apt-get", "-qq", "update"]);
      await host.must(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "wget"]);
      // Who keeps dpkg and not dpkg-deb can unpack no package, but a release.
      await host.must(["rm", "/usr/bin/dpkg-deb"]);
      const line = `set -o pipefail; wget -qO- ${releaseBase}/bootstrap.sh | sh -s -- ${pinRelease(await makeSmallRelease("1.30.1")).join(" ")}`;
      const run = await host.run(["bash", "-c", line], { timeoutMs: 300_000 });
      expect([run.status, run.stdout]).toEqual([0, expect.stringContaining("go1.30.1 linux/amd64 is installed")]);
      expect(requests.slice(-2)).toEqual(["/bootstrap.sh", "/readygo-linux-amd64.gz"]);
      await hasGo(host);
    });
  });
});
