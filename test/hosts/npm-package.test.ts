import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeNpmPackages } from "../../scripts/release/write-npm-packages.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { releaseFiles, releaseRepository } from "../lab/releases/release-files.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";
import { isFullMode, onlyInFullMode } from "../lab/suite/full-mode.ts";

// The npm packages of a release, installed from its files by npm on a host without a network: they need nothing besides.
const into = mkdtempSync(join(tmpdir(), "readygo-npm-packages-"));
let host: LabHost;
beforeAll(async () => {
  const files = await releaseFiles();
  execFileSync("cp", [join(files, "THIRD-PARTY.txt"), into]);
  await writeNpmPackages({
    into,
    bundle: "dist/bundle",
    repository: releaseRepository,
    architectures: isFullMode ? ["amd64"] : [],
  });
  host = await createHost({ bind: [{ from: into, to: "/opt/packages" }] });
  await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
  // As a host has it whose Node is new enough.
  await host.script("mkdir -p /opt/node/bin; ln -s /opt/readygo/node /opt/node/bin/node");
});
afterAll(async () => {
  await host?.destroy();
  rmSync(into, { recursive: true });
});
const fileOf = (start: RegExp): string => `/opt/packages/${readdirSync(into).find((name) => start.test(name)) ?? ""}`;
const install = async (file: string): Promise<unknown> =>
  await host.must(["npm", "install", "--global", "--prefix", "/opt/npm", "--offline", "--no-audit", "--no-fund", file]);
const env = { PATH: "/opt/node/bin:/opt/npm/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

it("puts the command on PATH by its one file, from there to a verified Go, and goes without a rest", async () => {
  const before = host.snapshot(["/opt/npm"]);
  await install(fileOf(/^readygo-\d/));
  const manifest = JSON.parse(host.read("/opt/npm/lib/node_modules/readygo/package.json")) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    bin: { readygo: "dist/readygo.mjs" },
    repository: { type: "git", url: releaseRepository },
  });
  expect([manifest["dependencies"], manifest["optionalDependencies"], manifest["private"]]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const run = await host.must(["readygo", "install", ...pinRelease(await makeSmallRelease("1.30.1")), "--no-verify"], {
    env,
  });
  expect(run.stdout).toContain("go1.30.1 linux/amd64 is installed");
  const update = await host.run(["readygo", "self-update"], { env });
  expect([update.status, update.stderr]).toEqual([3, expect.stringContaining("npm install --global FILE")]);
  await host.must(["readygo", "uninstall"], { env });
  await host.must(["npm", "uninstall", "--global", "--prefix", "/opt/npm", "readygo"]);
  expect([before.size, (await host.must(["find", "/opt/npm", "-type", "f"])).stdout]).toEqual([0, ""]);
});

it("has a package with the single file for whoever has an older Node", async (context) => {
  onlyInFullMode(context);
  await install(fileOf(/^readygo-linux-x64-/));
  // The machine's own Node is too old, and none is needed.
  const old = { PATH: "/opt/npm/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  expect((await host.must(["readygo", "--version"], { env: old })).stdout).toMatch(/^\d+\.\d+\.\d+/);
  const update = await host.run(["readygo", "self-update"], { env: old });
  expect([update.status, update.stderr]).toEqual([3, expect.stringContaining("belongs to npm")]);
});
