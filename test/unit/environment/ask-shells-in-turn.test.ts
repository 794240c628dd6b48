import { expect, test } from "vitest";
import { createShellAsker } from "../../../src/environment/ask-shell.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { Account, Processes, RunResult } from "../../../src/host/ports.ts";

const answer: RunResult = { status: 3, signal: null, stdout: "", stderr: "", endedBy: null, durationMs: 1 };

/** Shells that take a moment each; how many ran at once, and how many were started. */
function makeShells(endedBy: RunResult["endedBy"]) {
  const seen = { now: 0, most: 0, started: 0 };
  const processes: Processes = {
    run: async () => {
      seen.started += 1;
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await new Promise((resolve) => setImmediate(resolve));
      seen.now -= 1;
      return { ...answer, endedBy };
    },
  };
  return { seen, asker: createShellAsker(processes) };
}

const account: Account = {
  name: "ada",
  uid: 1000,
  gid: 1000,
  home: absolutePath("/home/ada"),
  shell: absolutePath("/bin/bash"),
};
const timeoutMs = (): number => 1_000;
const modes = ["login", "terminal", "login-terminal", "probe"] as const;

test("shells are asked two at a time: each may use as much as its bound", async () => {
  const { seen, asker } = makeShells(null);
  await Promise.all(
    modes.map((mode) => asker.ask({ account, shell: "/bin/bash", mode, environment: new Map(), timeoutMs })),
  );
  expect(seen).toEqual({ now: 0, most: 2, started: 4 });
});

test("an account whose shell was ended at a bound is not asked in other ways", async () => {
  const { seen, asker } = makeShells("processes");
  const asked = modes.map((mode) =>
    asker.ask({ account, shell: "/bin/bash", mode, environment: new Map(), timeoutMs }),
  );
  const outcomes = await Promise.all(asked);
  expect(outcomes.map(({ kind }) => kind)).toEqual(["silent", "silent", "silent", "silent"]);
  expect(seen.started).toBe(2);
});

test("unless it is asked anyway, and not where no time is left", async () => {
  const { seen, asker } = makeShells("time");
  const run = { account, shell: "/bin/bash", environment: new Map(), timeoutMs };
  await asker.ask({ ...run, mode: "login" });
  await asker.ask({ ...run, mode: "terminal", isAskedAnyway: true });
  await asker.ask({ ...run, mode: "probe", isAskedAnyway: true, timeoutMs: () => 0 });
  expect(seen.started).toBe(2);
});
