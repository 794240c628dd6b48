import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildModules } from "../../scripts/build/pack-modules.ts";
import { releaseEnvironment, releaseFiles, releaseRepository } from "../lab/releases/release-files.ts";
import { releaseBase } from "../lab/servers/release-server.ts";
import { officialRelease, officialVersions } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// The single file of a release, made from these sources: what is measured of it. release-files.test.ts has the rest.
const version = officialVersions.older;
let files: string;
let scratch: string;
beforeAll(async () => {
  files = await releaseFiles();
  scratch = mkdtempSync(join(tmpdir(), "readygo-release-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("has both architectures in all forms", { timeout: 3_600_000 }, async (context) => {
  if (process.env["READYGO_FULL"] !== "1") skipBecause(context, "minutes of zstd and xz: npm run hosts -- --full");
  const into = join(scratch, "whole");
  const env = { ...process.env, ...(await releaseEnvironment()) };
  await promisify(execFile)(
    process.execPath,
    ["scripts/release.ts", "--base", releaseBase, "--repository", releaseRepository, "--into", into],
    { env },
  );
  const sizes = readdirSync(into)
    .map((name) => ({ name, size: statSync(join(into, name)).size }))
    .filter(({ name }) => /^readygo-linux-(?:amd64|arm64)\.[a-z]+$/.test(name));
  process.stderr.write(`${sizes.map(({ name, size }) => `${name} ${(size / 1e6).toFixed(2)} MB`).join("\n")}\n`);
  const forms = ["amd64", "arm64"].flatMap((arch) =>
    ["gz", "xz", "zst"].map((form) => `readygo-linux-${arch}.${form}`),
  );
  expect(sizes.map(({ name }) => name).toSorted()).toEqual(forms);
  const most = { gz: 41e6, xz: 30e6, zst: 31e6 };
  for (const { name, size } of sizes) {
    expect(size, name).toBeLessThan(most[name.slice(name.lastIndexOf(".") + 1) as keyof typeof most]);
  }
  expect(execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: into, encoding: "utf8" })).toBe("");
});

describe("a host with the single file and nothing else", () => {
  let host: LabHost;
  beforeAll(async () => {
    const release = await officialRelease(version);
    // As every host has it, by gunzip: of a file that was written at one go the kernel maps 16 MB more. On a disk: on the
    // host's own tmpfs its pages would be mapped one by one.
    const unpacked = join(scratch, "unpacked");
    execFileSync("sh", ["-c", 'gunzip <"$0" >"$1" && chmod 755 "$1"', join(files, "readygo-linux-amd64.gz"), unpacked]);
    host = await createHost({
      lower: "minbase",
      bind: [
        { from: release.path, to: `/opt/archives/${release.filename}` },
        { from: unpacked, to: "/usr/local/bin/readygo" },
      ],
    });
    await host.addUser("alice");
    await host.startMirror({ releases: [release], isSigning: false });
  });
  afterAll(() => host?.destroy());

  it.each([
    ["a module proxy", "goproxy=https://goproxy.lab.test"],
    ["the publisher", "publisher"],
    ["a directory", "/opt/archives"],
  ])("installs from %s for another user within 220 MB: thread and child are in the file too", async (_, source) => {
    await host.must(["rm", "-rf", "/usr/local/go", "/usr/local/.readygo", "/var/lib/readygo"]);
    const run = host.spawn(["readygo", "install", version, "--source", source, "--user", "alice", "--no-verify"]);
    const pid = await run.pid();
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, peakOf(pid))), 5);
    const { status, stderr } = await run.exited;
    clearInterval(watch);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^ {2}create {3}\/usr\/local\/go\b/m)]);
    expect(host.read("/home/alice/.profile")).toContain("# >>> readygo >>>");
    process.stderr.write(`memory, from ${source}: at most ${Math.round(peak / 1024)} MiB\n`);
    expect(peak).toBeGreaterThan(50_000);
    expect(peak * 1024).toBeLessThan(220e6);
  });

  it("starts as fast as promised, and asks no network where there is nothing to do", async () => {
    const bytes = host.loopbackBytes();
    // Interleaved, so that a busy machine slows all of them; first in line where it can, so that it slows none.
    const program = `
      const { spawnSync } = require("node:child_process");
      const lines = [["/opt/readygo/node", "-e", "0"], ["readygo", "--version"], ["readygo", "install", "${version}"]];
      const times = lines.map(() => []);
      for (let round = 0; round <= 25; round++) lines.forEach(([command, ...args], at) => {
        const start = performance.now();
        const { status } = spawnSync(command, args);
        if (status !== 0) throw new Error(command + " " + args + ": " + status);
        if (round > 0) times[at].push(performance.now() - start);
      });
      const median = (all) => all.toSorted((a, b) => a - b)[12];
      // A ratio of neighbours, not of medians: a machine that turns slow half-way is slow for both.
      console.log(JSON.stringify(times.map((all) => median(all.map((time, round) => time / times[0][round])))));
      console.error(median(times[0]));`;
    const command = ["/opt/readygo/node", "-e", program];
    const measured = await host.must(["chrt", "--fifo", "10", ...command]);
    const [, versionOnly, upToDate] = JSON.parse(measured.stdout) as [number, number, number];
    process.stderr.write(
      `start: node -e 0 ${Number(measured.stderr).toFixed(0)} ms, --version ${versionOnly.toFixed(2)} times, up to date ${upToDate.toFixed(2)} times\n`,
    );
    expect(versionOnly).toBeLessThan(1.5);
    expect(upToDate).toBeLessThan(3);
    expect(host.loopbackBytes()).toBe(bytes);
  });

  it("has the code cache of what such a run loads", async () => {
    const watch = `
      import { Session } from "node:inspector";
      const session = new Session();
      session.connect();
      session.on("Debugger.scriptParsed", ({ params: { url } }) => console.error(url));
      session.post("Debugger.enable");`;
    host.write("/opt/watch.mjs", watch);
    const bundle = ["--import", "/opt/watch.mjs", "/opt/readygo/dist/readygo.mjs"];
    const run = await host.must(["/opt/readygo/node", ...bundle, "install", version]);
    const loaded = new Set(Array.from(run.stderr.matchAll(/^file:\/\/\/readygo\/(.+)$/gm), ([, name = ""]) => name));
    const groups = JSON.parse(readFileSync("scripts/build/start-modules.json", "utf8")) as Record<string, string[]>;
    const cached = new Set(Object.values(groups).flat());
    expect(loaded.size).toBeGreaterThan(80);
    // One that is missing costs the unpacking of all that are not cached; a few too many cost nothing that can be measured.
    expect([...loaded.difference(cached)]).toEqual([]);
    expect([...cached.difference(loaded)].length).toBeLessThan(9);
  });

  it("names in a stack trace the module and its line, though many modules are one script", async () => {
    const run = await host.run(["readygo", "__home", "{"]);
    expect(run.status).toBe(1);
    const [, line = ""] = /runHomeChild \(\/readygo\/src\/host\/home\/home-child\.js:(\d+):/.exec(run.stderr) ?? [];
    const module = (await buildModules()).find(({ name }) => name === "src/host/home/home-child.js");
    expect(module?.text.split("\n")[Number(line) - 1]).toContain("JSON.parse");
  });

  it("lets nobody but its arguments say what Node runs", async () => {
    const run = await host.run(["readygo", "--version"], { env: { NODE_OPTIONS: "--require=/nowhere.js" } });
    expect([run.status, run.stderr]).toEqual([0, ""]);
  });
});

/** KiB of resident memory at most so far, threads included; 0 before the process has become readygo and after its end. */
function peakOf(pid: number): number {
  try {
    if (!readlinkSync(`/proc/${pid}/exe`).endsWith("/readygo")) return 0;
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
