import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { exceptions, formatContexts, listOthers } from "../../scripts/format-contexts.ts";
import { reportedVariables } from "../../src/environment/setting.ts";
import { type ContextsRun, fromApt, installed, people, type Round, runContexts } from "../lab/boot/contexts-host.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { checkout } from "../lab/suite/lab-cache.ts";

/** How many launch contexts each account has. */
const counts = { contexts: { root: 29, ada: 28, bob: 26 }, forky: { root: 29, ada: 28, bob: 26 } };

/** What is another's at each start, whatever readygo does. */
const ofOneProcess = new Set([
  "INVOCATION_ID",
  "JOURNAL_STREAM",
  "MEMORY_PRESSURE_WATCH",
  "SSH_CLIENT",
  "SSH_CONNECTION",
  "SSH_TTY",
  "SYSTEMD_EXEC_PID",
  "TMUX",
  "XDG_SESSION_ID",
]);

// In the full mode also a newer Debian, with sudo-rs and uutils.
const roots = isFullMode ? (["contexts", "forky"] as const) : (["contexts"] as const);

// Every launch context of three accounts of a machine that has booted, before and after a real install by sudo.
describe.each(roots)("go in every launch context: %s", (root) => {
  let run: ContextsRun;
  const named = exceptions
    .filter(({ only }) => only === undefined || only === root)
    .flatMap(({ contexts }) => contexts);
  const isNamed = (key: string): boolean => named.includes(key.split(" ")[1] ?? "");

  beforeAll(async () => {
    run = await runContexts(root);
  });

  it("has been started for real, three times", () => {
    const count = ({ answers }: Round): unknown =>
      Object.fromEntries(
        people.map(({ name }) => [name, [...answers.keys()].filter((key) => key.startsWith(`${name} `)).length]),
      );
    expect([run.before, run.after, run.uninstalled].map(count)).toEqual(Array(3).fill(counts[root]));
  });

  it("is apt's before", () => {
    expect(listOthers(run.before, fromApt)).toEqual([]);
  });

  it("is the installed release after, except where docs/contexts.md says", () => {
    const keys = [...run.after.answers.keys()];
    expect(listOthers(run.after, installed).toSorted()).toEqual(keys.filter(isNamed).toSorted());
    expect(listOthers(run.after, fromApt).toSorted()).toEqual(keys.filter((key) => !isNamed(key)).toSorted());
  });

  it("is what verify says, with the same variables", () => {
    const told = Object.fromEntries(run.rows.map((row) => [`${row.account} ${row.context}`, describeRow(row)]));
    const real = Object.keys(told).map((key) => {
      const { go = "not started", env = {} } = run.after.answers.get(key) ?? {};
      const values = reportedVariables.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
      const status = isNamed(key) ? "warn" : "pass";
      return [key, { go, version: run.after.releases.get(go), status, ...Object.fromEntries(values) }];
    });
    expect(told).toEqual(Object.fromEntries(real));
    expect(new Set(run.rows.map(({ account }) => account))).toEqual(new Set(["root", "ada"]));
    expect(run.rows.length).toBeGreaterThanOrEqual(43);
    expect(run.troubles.map(({ id, status }) => [id, status])).toEqual([["launch-contexts", "warn"]]);
  });

  it("is what doctor --deep finds where it starts them for real", () => {
    expect(run.deep.map(({ id, severity }) => [id, severity])).toEqual([["context-real", "info"]]);
    for (const typed of ["su U -c CMD", "su - U", "sudo -u U CMD", "a systemd service with User=U"])
      expect(run.deep[0]?.evidence).toContain(`${typed} of ada`);
  });

  it("is as before after uninstall, and so is every variable", () => {
    expect(describeRound(run.uninstalled)).toEqual(describeRound(run.before));
  });

  it("is what docs/contexts.md says (npm run contexts)", (context) => {
    if (root !== "contexts") skipBecause(context, "docs/contexts.md is of the host with Ubuntu's start files");
    expect(readFileSync(join(checkout, "docs/contexts.md"), "utf8")).toBe(formatContexts(run));
  });
});

function describeRow({ go, version, status, variables }: ContextsRun["rows"][number]): unknown {
  const values = Object.entries(variables).map(([name, { value }]) => [name, value]);
  return { go, version, status, ...Object.fromEntries(values) };
}

function describeRound({ answers }: Round): unknown {
  return Object.fromEntries(
    [...answers].map(([key, { go, env }]) => [
      key,
      { go, ...Object.fromEntries(Object.entries(env).filter(([name]) => !ofOneProcess.has(name))) },
    ]),
  );
}
