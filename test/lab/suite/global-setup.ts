import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { TestProject } from "vitest/node";
import { makeCertificates } from "../servers/certificates.ts";
import { mirrorProgram } from "../servers/mirror.ts";
import { compileProgram } from "./compile-program.ts";
import { checkout, labCache, say } from "./lab-cache.ts";
import { makeSmallRelease, officialRelease, officialVersions } from "../releases/releases.ts";

let ahead: ChildProcess | undefined;

/**
 * Runs before all tests, where those of a `hosts` project are among them: the bundle is the sources', and what every host
 * test needs is there. In a run of all tests (scripts/test.sh) the unit tests come first, and it is made beside them.
 */
export async function setup(project?: Pick<TestProject, "name">): Promise<void> {
  needRoot();
  buildBundle();
  await compileMirror();
  if (process.env["READYGO_BUILD_AHEAD"] === "1") {
    await makeCertificates();
    if (project?.name === "hosts") ahead = buildAhead();
    return;
  }
  const startedAt = performance.now();
  await makeCertificates();
  // All are waited for, the failed ones too: a builder left running would outlive the tests.
  const builds = await Promise.allSettled([
    makeSmallRelease("1.30.1"),
    officialRelease(officialVersions.older),
    officialRelease(officialVersions.newer),
  ]);
  for (const build of builds) if (build.status === "rejected") throw build.reason;
  say(`${labCache} is ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** By rename: another run of tests may have mirrors started from it. */
async function compileMirror(): Promise<void> {
  const scratch = join(checkout, `dist/lab-${process.pid}`);
  const program = join(checkout, "dist/mirror-server.mjs");
  renameSync(await compileProgram(join(import.meta.dirname, "../servers/mirror-server.ts"), scratch), program);
  rmSync(scratch, { recursive: true });
  process.env[mirrorProgram] = program;
}

/** What a stopped builder leaves has no name in the cache, and its lock is taken over. */
export async function teardown(): Promise<void> {
  if (ahead?.pid === undefined || ahead.exitCode !== null || ahead.signalCode !== null) return;
  const ended = new Promise((resolve) => ahead?.once("close", resolve));
  process.kill(-ahead.pid, "SIGKILL");
  await ended;
}

/** In a process group of its own, so that teardown ends all that it has started; it dies with this process, too. */
function buildAhead(): ChildProcess {
  const program = join(import.meta.dirname, "build-ahead.ts");
  const argv = ["--pdeathsig", "KILL", process.execPath, program];
  return spawn("setpriv", argv, { cwd: checkout, detached: true, stdio: ["ignore", "ignore", "inherit"] });
}

const capSysAdmin = 21n;

function needRoot(): void {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  if (process.getuid?.() !== 0 || ((BigInt(`0x${capabilities}`) >> capSysAdmin) & 1n) === 0n) {
    throw new Error("throw-away hosts are made of namespaces and mounts: run this as root with CAP_SYS_ADMIN");
  }
}

function buildBundle(): void {
  const bundle = statSync(join(checkout, "dist/readygo.mjs"), { throwIfNoEntry: false });
  const inputs = ["src", "manifests", "scripts/build.ts", "scripts/build", "package.json", "package-lock.json"];
  if (bundle !== undefined && newest(inputs.map((name) => join(checkout, name))) <= bundle.mtimeMs) return;
  say("building dist/readygo.mjs");
  execFileSync("npm", ["run", "--silent", "build"], { cwd: checkout, stdio: ["ignore", "ignore", "inherit"] });
}

function newest(paths: readonly string[]): number {
  let latest = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const inside = stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : 0;
    latest = Math.max(latest, stat.mtimeMs, inside);
  }
  return latest;
}
