// Rule: what lies in the lock's place is judged by the kernel's lock of that very file, and only its holder removes it; what
// readygo cannot have made is neither read through nor removed.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { acquireLock, removeStaleLock } from "../../src/host/lock/lock.ts";
import { readBootId, readStartTicks } from "../../src/host/child/process-identity.ts";
import { realClock } from "../../src/host/real-clock.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import { withHost } from "../lab/hosts/throw-away-host.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { rejectionOf } from "../unit/thrown-by.ts";

let root: string;
const run = (...names: readonly string[]): string => join(root, "run/readygo", ...names);
const files = () => createRealFiles(root);
const acquire = (waitMs = 0) => acquireLock(files(), realClock, "readygo of the test", waitMs);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-lock-"));
  mkdirSync(run(), { recursive: true, mode: 0o700 });
});
afterEach(() => rmSync(root, { recursive: true }));

/** What an older readygo writes, which has no lock of the kernel's. */
function describeOlder(pid: number): string {
  return JSON.stringify({
    pid,
    startTicks: readStartTicks(pid) ?? "1",
    bootId: readBootId(),
    command: "readygo older",
  });
}

/** No process has this number: pid_max is at most 2^22 (proc(5)). */
const nobody = 4194305;
const dead = describeOlder.bind(undefined, nobody);

it("holds the kernel's lock, says who it is, and leaves nothing", async () => {
  const lock = await acquire();
  expect(JSON.parse(readFileSync(run("lock"), "utf8"))).toEqual({
    pid: process.pid,
    startTicks: readStartTicks(process.pid),
    bootId: readBootId(),
    command: "readygo of the test",
    isKernelLocked: true,
  });
  expect(readdirSync(run())).toEqual(["lock"]);
  expect(spawnSync("flock", ["-n", run("lock"), "true"]).status).toBe(1);
  const error = await rejectionOf(acquire(), ProvisionError);
  expect([error.code, error.exit, error.details]).toEqual(["locked", 8, { pid: String(process.pid), command: "readygo of the test" }]); // prettier-ignore
  removeStaleLock(files());
  expect(readdirSync(run())).toEqual(["lock"]);
  lock.release();
  expect(existsSync(run())).toBe(false);
});

it.each<[string, () => void]>([
  ["a dead run of an older version", () => writeFileSync(run("lock"), dead())],
  ["a dead run", () => writeFileSync(run("lock"), JSON.stringify({ ...JSON.parse(dead()), isKernelLocked: true }))],
  [
    "a run that has let go of it, though its process lives",
    () => writeFileSync(run("lock"), JSON.stringify({ ...JSON.parse(describeOlder(process.pid)), isKernelLocked: true })), // prettier-ignore
  ],
  ["another boot", () => writeFileSync(run("lock"), describeOlder(process.pid).replace(readBootId(), "another"))],
  ["nobody: garbage", () => writeFileSync(run("lock"), "garbage")],
  ["nobody: an empty file", () => writeFileSync(run("lock"), "")],
  [
    "a run that was killed just after it had made it, with the name that it made it by",
    () => {
      writeFileSync(run(`.lock-${nobody}`), dead());
      linkSync(run(`.lock-${nobody}`), run("lock"));
    },
  ],
  [
    "a dead run, beside a name of an ended one with our pid",
    () => {
      writeFileSync(run("lock"), dead());
      writeFileSync(run(`.lock-${process.pid}`), "");
    },
  ],
])("takes over a lock of %s; a run that changes nothing takes it away", async (_, plant) => {
  plant();
  (await acquire()).release();
  expect(existsSync(run())).toBe(false);
  mkdirSync(run(), { mode: 0o700 });
  plant();
  removeStaleLock(files());
  expect(existsSync(run())).toBe(false);
});

it("respects a lock of an older version while its process lives", async () => {
  const older = spawn("sleep", ["infinity"]);
  await once(older, "spawn");
  writeFileSync(run("lock"), describeOlder(older.pid ?? 0));
  const error = await rejectionOf(acquire(), ProvisionError);
  expect([error.code, error.details]).toEqual(["locked", { pid: String(older.pid), command: "readygo older" }]);
  removeStaleLock(files());
  expect(readdirSync(run())).toEqual(["lock"]);
  const waiting = acquire(120_000);
  older.kill("SIGKILL");
  (await waiting).release();
  expect(existsSync(run())).toBe(false);
});

it("leaves the name by which a living run makes its lock", () => {
  writeFileSync(run(`.lock-${process.ppid}`), describeOlder(process.ppid));
  removeStaleLock(files());
  expect(readdirSync(run())).toEqual([`.lock-${process.ppid}`]);
});

it.each<[string, () => void]>([
  ["a link", () => symlinkSync(join(root, "elsewhere"), run("lock"))],
  ["a FIFO", () => spawnSync("mkfifo", [run("lock")])],
  ["a socket", () => spawnSync("perl", ["-MIO::Socket::UNIX", "-e", "IO::Socket::UNIX->new(Local => shift, Listen => 1)", run("lock")])], // prettier-ignore
  ["a directory", () => mkdirSync(run("lock"))],
  [
    "somebody else's file",
    () => {
      writeFileSync(run("lock"), dead());
      chownSync(run("lock"), 1234, 1234);
    },
  ],
])("refuses %s in its place, and leaves it", async (_, plant) => {
  writeFileSync(join(root, "elsewhere"), dead());
  plant();
  const before = lstatSync(run("lock"), { bigint: true });
  const error = await rejectionOf(acquire(120_000), ProvisionError);
  expect([error.code, error.exit, error.message]).toEqual(["place-unsafe", 3, expect.stringContaining(run("lock"))]);
  expect(error.remedy.join()).toContain(run("lock"));
  removeStaleLock(files());
  expect(lstatSync(run("lock"), { bigint: true })).toMatchObject({ ino: before.ino, mode: before.mode });
  expect(readdirSync(run())).toEqual(["lock"]);
  expect(readFileSync(join(root, "elsewhere"), "utf8")).toBe(dead());
});

it("takes nothing away in a directory that others can enter", () => {
  rmSync(run(), { recursive: true });
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/lock"), "");
  symlinkSync(join(root, "etc"), run());
  removeStaleLock(files());
  expect(readdirSync(join(root, "etc"))).toEqual(["lock"]);
});

it("looks again where the file was exchanged after it was opened; without flock it begins nothing, and says why", async () => {
  await withHost({}, async (host) => {
    const older = host.spawn(["sleep", "infinity"]);
    await older.pid();
    // Between readygo's open and its lock a living run's lock takes the place of the stale one.
    await host.script(`
      mv /usr/bin/flock /usr/bin/flock.real
      cat >/usr/bin/flock <<'END'
#!/bin/sh
if [ -e /run/stale ]; then
  rm /run/stale
  mv /run/living /run/readygo/lock
fi
exec /usr/bin/flock.real "$@"
END
      chmod 755 /usr/bin/flock
      mkdir -m 700 /run/readygo
      echo garbage >/run/readygo/lock
      touch /run/stale
      set -- $(cat /proc/$(pgrep -nx sleep)/stat)
      printf '{"pid":%s,"startTicks":"%s","bootId":"%s","command":"readygo older"}' \\
        $1 \${22} $(cat /proc/sys/kernel/random/boot_id) >/run/living`);
    // A journal makes the next command take the lock.
    await host.must(["mkdir", "-m", "700", "/var/lib/readygo"]);
    const begin = { kind: "begin", id: "x", command: "install", at: "" };
    host.write("/var/lib/readygo/journal", `${JSON.stringify(begin)}\n`, 0o600);
    const look = () => host.snapshot(["/run/readygo", "/usr/local", "/etc", "/root", "/var/lib/readygo"]);
    const recover = async () => readJson(await host.readygo(["plan", "1.30.1", "--json"]));
    expect((await recover()).error).toMatchObject({ code: "locked", exit: 8, details: { command: "readygo older" } });
    expect(host.exists("/run/stale")).toBe(false);
    expect(host.read("/run/readygo/lock")).toContain("readygo older");
    await older.kill("SIGKILL");
    await older.exited;
    await host.script("rm /usr/bin/flock; rm -r /run/readygo");
    const before = look();
    expect((await recover()).error).toMatchObject({ code: "step-failed", exit: 6 });
    expect(look()).toEqual(before);
  });
});
