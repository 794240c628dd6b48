import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { absolutePath } from "../../src/host/absolute-path.ts";
import type { RunRequest, RunResult } from "../../src/host/ports.ts";
import { createRealProcesses } from "../../src/host/child/real-processes.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

const MiB = 1024 * 1024;
let marks = 0;

/** A sleep of a length that no other process has: it is found by it. */
function makeMark(): string {
  marks += 1;
  return `1000.${process.pid}${marks}`;
}

function countMarked(mark: string): number {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "latin1").includes(mark);
    } catch {
      return false;
    }
  }).length;
}

function runShell(script: string, more: Partial<RunRequest> = {}, stop?: AbortSignal): Promise<RunResult> {
  return createRealProcesses(stop).run({
    argv: ["/bin/sh", "-c", script],
    env: { PATH: "/usr/bin:/bin" },
    cwd: absolutePath("/"),
    timeoutMs: 200_000,
    ...more,
  });
}

/** Children in sessions of their own, one of them stopped, and one whose parent is gone. */
const scatter = (mark: string): string =>
  `setsid sleep ${mark} & setsid sh -c 'sleep ${mark} & sleep ${mark}' & (setsid sleep ${mark} &) &
  sh -c 'kill -STOP $$; sleep ${mark}' &
  while [ "$(grep -lz '^${mark}$' /proc/[0-9]*/cmdline 2>/dev/null | wc -l)" -lt 4 ]; do sleep 0.01; done`;

test("status, output, input, environment and directory are the child's own", async () => {
  const script = 'read line; echo "$line $GREETING $(pwd)"; echo wrong >&2; [ -z "$LC_ALL" ]; exit 3';
  const env = { PATH: "/usr/bin:/bin", GREETING: "a=b\nc" };
  expect(await runShell(script, { env, input: "in\n", cwd: absolutePath("/usr") })).toEqual({
    status: 3,
    signal: null,
    stdout: "in a=b\nc /usr\n",
    stderr: "wrong\n",
    endedBy: null,
    durationMs: expect.any(Number),
  });
  expect(await runShell("kill -TERM $$")).toMatchObject({ status: null, signal: "SIGTERM", endedBy: null });
});

test("a program that is not there rejects as spawn does", async () => {
  const run = runShell("", { argv: ["/nowhere/program"] });
  await expect(run).rejects.toMatchObject({ code: "ENOENT", message: "spawn /nowhere/program ENOENT" });
});

test("a child has no descriptor but its three, and takes signals as usual", async () => {
  const { stdout } = await runShell("ls -l /proc/self/fd; grep SigIgn /proc/self/status");
  expect(stdout).not.toMatch(/ [3-9] -> (?:socket|pipe)/);
  expect(stdout).toContain("SigIgn:\t0000000000000000");
});

test("what a child has started ends with it", async () => {
  const mark = makeMark();
  expect(await runShell(`${scatter(mark)}; echo done`)).toMatchObject({ status: 0, stdout: "done\n", endedBy: null });
  expect(countMarked(mark)).toBe(0);
});

test("and at the bound on time", async () => {
  const mark = makeMark();
  // So much longer than this machine takes just now for what comes before the sleep.
  const { durationMs } = await runShell(`${scatter(makeMark())}; echo done`);
  const timeoutMs = Math.max(1_000, 10 * durationMs);
  const run = await runShell(`${scatter(mark)}; echo done; sleep ${mark}`, { timeoutMs });
  expect(run).toMatchObject({ status: null, signal: "SIGKILL", stdout: "done\n", endedBy: "time" });
  expect(countMarked(mark)).toBe(0);
});

test("and when readygo is stopped", async () => {
  const mark = makeMark();
  const stop = new AbortController();
  const run = runShell(`${scatter(mark)}; sleep ${mark}`, {}, stop.signal);
  const reason = new Error("stopped");
  void waitFor("five sleeps", () => countMarked(mark) >= 5).then(() => stop.abort(reason));
  await expect(run).rejects.toBe(reason);
  expect(countMarked(mark)).toBe(0);
});

test("and when readygo is killed", async () => {
  const mark = makeMark();
  const program = join(import.meta.dirname, "../lab/hosts/run-child-main.ts");
  const readygo = spawn(process.execPath, [program, `${scatter(mark)}; sleep ${mark}`], { stdio: "ignore" });
  onTestFinished(() => void readygo.kill("SIGKILL"));
  const over = new Promise((resolve) => readygo.once("exit", resolve));
  await waitFor("five sleeps and what started them", () => countMarked(mark) >= 6);
  readygo.kill("SIGKILL");
  await over;
  await waitFor("the end of all of them", () => countMarked(mark) === 0);
});

test("a family of many small ones is ended at the bound on memory", async () => {
  const one = "perl -e '$x = q(a) x 30e6; $x .= 1; sleep 60' &";
  const run = await runShell(`${one.repeat(8)} wait`, { bounds: { memoryBytes: 150 * MiB } });
  expect(run).toMatchObject({ status: null, endedBy: "memory" });
});

test("a single process does not get more memory than that", async () => {
  const run = await runShell("exec perl -e '$x = q(a) x (shift) ; print 1' 3e9", {
    bounds: { memoryBytes: 150 * MiB },
  });
  expect(run.status).not.toBe(0);
  expect(run.stdout).toBe("");
});

test("a family that grows is ended at the bound on processes", async () => {
  const mark = makeMark();
  const script = `while :; do setsid sleep ${mark} & done`;
  expect(await runShell(script, { bounds: { processes: 50 } })).toMatchObject({ endedBy: "processes" });
  expect(countMarked(mark)).toBe(0);
});

test("one that forks and ends, over and over, is caught", async () => {
  const mark = makeMark();
  const runner = "use strict; my $call = shift; while (1) { exit if fork; syscall($call) }";
  const setsid = process.arch === "arm64" ? 157 : 112;
  const script = `perl -e '${runner}' ${setsid} ${mark} & sleep 0.3; grep -q ${mark} /proc/[0-9]*/cmdline && echo runs`;
  expect(await runShell(script)).toMatchObject({ status: 0, stdout: "runs\n" });
  expect(countMarked(mark)).toBe(0);
});

test("output ends a family at the bound, and what came before is kept", async () => {
  const run = await runShell("yes", { bounds: { outputBytes: 1000 } });
  expect(run).toMatchObject({ status: null, endedBy: "output" });
  expect(run.stdout).toBe("y\n".repeat(500));
});

test("a file cannot grow beyond its bound", async () => {
  const script = 'f=$(mktemp) && trap "rm $f" EXIT && head -c 100000 /dev/zero >$f; wc -c <$f';
  expect((await runShell(script, { bounds: { fileBytes: 5000 } })).stdout).toBe("5000\n");
});

test("which means bound them is said once", async () => {
  const told: string[] = [];
  const processes = createRealProcesses(undefined, (means) => told.push(means));
  const request = { argv: ["/bin/true"], env: {}, cwd: absolutePath("/"), timeoutMs: 20_000 } as const;
  await processes.run(request);
  await processes.run(request);
  expect(told).toEqual([expect.stringMatching(/^(?:cgroup|limits)$/)]);
});
