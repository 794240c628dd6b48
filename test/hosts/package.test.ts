import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BaseRoot } from "../lab/hosts/base-root.ts";
import type { SnapshotEntry } from "../lab/hosts/snapshot.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";
import { startReleaseServer } from "../lab/servers/release-server.ts";
import { isFullMode, onlyInFullMode } from "../lab/suite/full-mode.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";

// The package of a release, by apt from the repository of that release, on bare Debian roots: the real apt, the real bytes.
let files: string;
beforeAll(async () => {
  files = await releaseFiles();
});

// The newest Debian checks signatures with another program (sqv), and its systemd and dpkg are other ones.
const roots: readonly BaseRoot[] = isFullMode ? ["minbase", "forky"] : ["minbase"];

describe.each(roots)("on a bare %s", (lower) => {
  let host: LabHost;
  let server: Awaited<ReturnType<typeof startReleaseServer>>;
  let before: Map<string, SnapshotEntry>;
  beforeAll(async () => {
    host = await createHost({ lower });
    await host.script(
      "rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*; mkdir -p /etc/apt/sources.list.d /var/lib/systemd",
    );
    host.write("/etc/apt/sources.list.d/readygo.sources", readFileSync(join(files, "readygo.sources")));
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
    server = await startReleaseServer(host, { "": files });
    await host.must(["apt-get", "-q", "update"]);
    before = look(host);
  });
  afterAll(async () => {
    await server?.stop();
    await host?.destroy();
  });

  it("installs readygo, its man page and completions, and changes nothing below /usr/local", async () => {
    const local = host.snapshot(["/usr/local"]);
    const startedAt = performance.now();
    const run = await host.must(["apt-get", "-q", "install", "--yes", "--no-install-recommends", "readygo"]);
    process.stderr.write(`package on ${lower}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
    expect(run.stdout).toContain("Setting up readygo");
    expect((await host.must(["readygo", "--version"])).stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect(host.snapshot(["/usr/local"])).toEqual(local);
    for (const path of [
      "/usr/share/man/man1/readygo.1.gz",
      "/usr/share/bash-completion/completions/readygo",
      "/usr/share/zsh/vendor-completions/_readygo",
      "/usr/share/fish/vendor_completions.d/readygo.fish",
    ]) {
      // dpkg leaves the manual out of images that are to be small.
      expect(host.exists(path) || path.includes("/man/"), path).toBe(true);
    }
    expect((await host.must(["dpkg", "--verify", "readygo"])).stdout).not.toContain("/usr/bin");
  });

  it("has a timer that is off, and stays as the administrator has it", async () => {
    expect(host.exists("/etc/systemd/system/timers.target.wants/readygo-verify.timer")).toBe(false);
    const service = host.read("/usr/lib/systemd/system/readygo-verify.service");
    const program = /^ExecStart=(\S+)$/m.exec(service)?.[1] ?? "";
    expect(program).toBe("/usr/lib/readygo/readygo-verify");
    expect((await host.must(["stat", "-c", "%U %a", program])).stdout).toBe("root 755\n");
  });

  it("goes from there to a verified Go, and leaves itself to apt", async () => {
    const pin = pinRelease(await makeSmallRelease("1.30.1"));
    const run = await host.must(["readygo", "install", ...pin, "--no-color"], { timeoutMs: 300_000 });
    expect(run.stdout).toContain("go1.30.1 linux/amd64 is installed");
    const update = await host.run(["readygo", "self-update"]);
    expect([update.status, update.stderr]).toEqual([
      3,
      expect.stringContaining("apt-get install --only-upgrade readygo"),
    ]);
    const self = await host.run(["readygo", "uninstall", "--self"]);
    expect([self.status, self.stderr]).toEqual([0, expect.stringContaining("sudo apt-get purge readygo")]);
    expect(host.exists("/usr/local/go")).toBe(false);
  });

  it("is purged without a rest, its timer's link too", async () => {
    // As `systemctl enable` makes it, where there is no systemd.
    await host.script(`mkdir -p /etc/systemd/system/timers.target.wants
      ln -s /lib/systemd/system/readygo-verify.timer /etc/systemd/system/timers.target.wants/`);
    await host.must(["apt-get", "-q", "purge", "--yes", "readygo"]);
    expect(host.exists("/etc/systemd/system/timers.target.wants/readygo-verify.timer")).toBe(false);
    const after = look(host);
    const left = [...after.keys()].filter((path) => !before.has(path));
    const changed = [...after].filter(([path, entry]) => before.has(path) && before.get(path)?.sha256 !== entry.sha256);
    expect([left, changed.map(([path]) => path)]).toEqual([[], []]);
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
  });
});

it("is what lintian asks of a package: no error and no warning but two, whose reasons it has", (context) => {
  onlyInFullMode(context);
  try {
    execFileSync("lintian", ["--version"], { stdio: "ignore" });
  } catch {
    skipBecause(context, "lintian is not installed");
  }
  const deb = execFileSync("sh", ["-c", 'ls "$1"/apt/*.deb', "sh", files], { encoding: "utf8" }).trim();
  // Overridden ones fail it, too, where it is to show them.
  expect(execFileSync("lintian", ["--fail-on", "error,warning", "--allow-root", deb], { encoding: "utf8" })).toBe("");
  const shown = spawnSync("lintian", ["--show-overrides", "--allow-root", deb], { encoding: "utf8" }).stdout;
  const overridden = shown.split("\n").filter((line) => line.startsWith("O:"));
  expect(overridden.map((line) => line.split(" ")[2])).toEqual(["embedded-library", "hardening-no-pie"]);
});

/** What apt and dpkg write for themselves, and what the run of a program leaves, is no rest of the package's. */
function look(host: LabHost): Map<string, SnapshotEntry> {
  const own =
    /^\/var\/(?:lib\/(?:apt|dpkg)|cache|log)(?:\/|$)|^\/etc\/systemd\/system(?:\/timers.target.wants)?$|^\/var\/lib\/systemd/;
  const entries = host.snapshot(["/etc", "/usr", "/var", "/root", "/opt"]);
  return new Map([...entries].filter(([path]) => !own.test(path) && !path.startsWith("/opt/readygo")));
}
