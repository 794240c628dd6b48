import type { CheckResult } from "../../../src/errors/event.ts";
import { expect, test } from "vitest";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { realClock } from "../../../src/host/real-clock.ts";
import { type Check, type CheckContext, pass } from "../../../src/verify/check.ts";
import { archiveDigest } from "../../../src/verify/checks/archive-digest.ts";
import { checks } from "../../../src/verify/list-checks.ts";
import { runChecks } from "../../../src/verify/run-checks.ts";
import {
  elfHeader,
  isRoot,
  makeAccount,
  makeContext,
  makeDirectory,
  manifestOf,
  place,
  wantedVersion,
  withGo,
} from "./check-host.ts";

/** A host with a small tree that passes what looks at files, and this machine's children with `go` replaced. */
function makeHost(go: string): CheckContext {
  const root = makeDirectory();
  const tree = `${root}/usr/local/go`;
  place(tree, { VERSION: "go1.27.4\n", "go.env": "GOPROXY=https://standard.example\n" });
  place(
    tree,
    {
      "bin/go": elfHeader("amd64"),
      "bin/gofmt": elfHeader("amd64"),
      "pkg/tool/linux_amd64/compile": elfHeader("amd64"),
    },
    0o755,
  );
  return makeContext({
    files: createRealFiles(root),
    processes: withGo(go),
    version: wantedVersion,
    architecture: "amd64",
    manifest: manifestOf(tree),
    account: makeAccount("/bin/bash", {
      ".profile": "PATH=/usr/local/go/bin\n",
      ".bashrc": "PATH=/usr/local/go/bin\n",
    }),
  });
}

const ofLayers = (...layers: readonly number[]) => checks.filter(({ layer }) => layers.includes(layer));
const statuses = (results: readonly CheckResult[]) => Object.fromEntries(results.map(({ id, status }) => [id, status]));
const evidenceOf = (results: readonly CheckResult[], id: string) =>
  results.find((result) => result.id === id)?.evidence;

test("runs the layers that are asked for, in order, and tells each result as it comes", async () => {
  const told: CheckResult[] = [];
  const results = await runChecks({
    context: makeHost("exit 1"),
    checks: ofLayers(1),
    onResult: (result) => told.push(result),
  });
  expect(results.map(({ id }) => id)).toEqual([
    "archive-digest",
    "architecture",
    "tree-manifest",
    "tree-public",
    "tree-path",
    "version",
    "build-info",
    "command-links",
    "which-go",
  ]);
  expect(told).toEqual(results);
});

test.runIf(isRoot)(
  "where go does not run, nothing is, and the proof that failed is told though nobody asked for it",
  async () => {
    const context = makeHost("echo broken >&2; exit 1");
    const results = await runChecks({ context, checks: ofLayers(2, 3), onResult: () => undefined });
    const { version, ...others } = statuses(results);
    expect(version).toBe("fail");
    expect(new Set(Object.values(others))).toEqual(new Set(["skip"]));
    expect(Object.keys(others)).toEqual(
      checks.flatMap(({ id, layer }) => (layer > 1 && id !== "shells-kept" ? [id] : [])),
    );
    expect(evidenceOf(results, "go-run")).toBe("nothing is run from a tree of which version has not passed");
  },
);

const answers = `case "$*" in version) echo go version go1.27.4 linux/amd64 ;; "env GOROOT") echo /usr/local/go ;; *) exit 1 ;; esac`;

test.runIf(isRoot)("one check alone is told alone, once what has to be proven before is", async () => {
  const only = checks.filter(({ id }) => id === "goroot");
  const results = await runChecks({ context: makeHost(answers), checks: only, onResult: () => undefined });
  expect(statuses(results)).toEqual({ goroot: "pass" });
});

test("checks run side by side, builds as many as may, and are told in the order of the list", async () => {
  const running = { now: 0, most: 0, builds: 0, mostBuilds: 0 };
  const slow = (id: string, cost: Check["cost"], ms: number): Check => ({
    ...archiveDigest,
    id,
    cost,
    run: async () => {
      running.most = Math.max(running.most, (running.now += 1));
      if (cost === "build") running.mostBuilds = Math.max(running.mostBuilds, (running.builds += 1));
      await realClock.sleep(ms);
      running.now -= 1;
      if (cost === "build") running.builds -= 1;
      return pass(id);
    },
  });
  const list = [slow("a", "look", 60), slow("b", "build", 40), slow("c", "build", 20), slow("d", "build", 1)];
  const results = await runChecks({
    context: makeHost("exit 1"),
    known: list,
    checks: list,
    onResult: () => undefined,
  });
  expect(results.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  expect([running.most, running.mostBuilds]).toEqual([2, 1]);
});

test.each([
  ["look", "fail"],
  ["start", "warn"],
] as const)("one of cost %s that hangs is cut, and is a %s", async (cost, status) => {
  const hanging: Check = { ...archiveDigest, cost, bound: 2, run: () => new Promise(() => undefined) };
  const other: Check = { ...archiveDigest, id: "other", run: () => Promise.resolve(pass("well")) };
  const results = await runChecks({
    context: { ...makeHost("exit 1"), timeoutMs: 10 },
    known: [hanging, other],
    checks: [hanging, other],
    onResult: () => undefined,
  });
  expect(statuses(results)).toEqual({ "archive-digest": status, other: "pass" });
  expect(evidenceOf(results, "archive-digest")).toBe("the check has not ended within 0.02 s, and was given up");
});

test.runIf(isRoot)("where nothing may be run, that is the evidence", async () => {
  const context = { ...makeHost("exit 1"), unrunnable: "--root: nothing in an image is executed" };
  const results = await runChecks({ context, checks: ofLayers(1, 2, 3), onResult: () => undefined });
  const seen = Object.entries(statuses(results));
  expect(seen.filter(([, status]) => status === "pass").map(([id]) => id)).toEqual([
    "architecture",
    "tree-manifest",
    "tree-path",
    "version",
  ]);
  expect(evidenceOf(results, "go-run")).toBe("--root: nothing in an image is executed");
});

test("a check that throws has failed", async () => {
  const context = makeHost("exit 1");
  const files = {
    ...context.files,
    readStart: () => {
      throw new Error("EIO: i/o error");
    },
  };
  const results = await runChecks({ context: { ...context, files }, checks: ofLayers(1), onResult: () => undefined });
  expect(results.find(({ id }) => id === "architecture")).toEqual({
    id: "architecture",
    layer: 1,
    status: "fail",
    evidence: "the check could not be made: EIO: i/o error",
    remedy: "look at the error that is named, then run  readygo verify",
  });
});

test("a run that is stopped throws the reason rather than telling of failures", async () => {
  const stop = new AbortController();
  const told: CheckResult[] = [];
  const run = runChecks({
    context: makeHost("exit 1"),
    checks: ofLayers(1),
    stop: stop.signal,
    onResult: (result) => {
      told.push(result);
      stop.abort(new Error("stopped by SIGINT"));
    },
  });
  await expect(run).rejects.toThrow("stopped by SIGINT");
  expect(told).toHaveLength(1);
});
