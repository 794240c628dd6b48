import type { CheckResult } from "../../../src/errors/event.ts";
import { expect, test } from "vitest";
import { createRealFiles } from "../../../src/host/real-files.ts";
import type { CheckContext } from "../../../src/verify/check.ts";
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

const statuses = (results: readonly CheckResult[]) => Object.fromEntries(results.map(({ id, status }) => [id, status]));
const evidenceOf = (results: readonly CheckResult[], id: string) =>
  results.find((result) => result.id === id)?.evidence;

test("runs the layers that are asked for, in order, and tells each result as it comes", async () => {
  const told: CheckResult[] = [];
  const results = await runChecks({
    context: makeHost("exit 1"),
    layers: [1],
    onResult: (result) => told.push(result),
  });
  expect(results.map(({ id }) => id)).toEqual([
    "archive-digest",
    "architecture",
    "tree-manifest",
    "tree-public",
    "version",
    "which-go",
  ]);
  expect(told).toEqual(results);
});

test.runIf(isRoot)("where go does not run, what needs it is skipped with that reason, once failed", async () => {
  const context = makeHost("echo broken >&2; exit 1");
  const results = await runChecks({ context, layers: [2, 3], onResult: () => undefined });
  expect(statuses(results)).toEqual({
    "login-shell": "pass",
    "interactive-shell": "pass",
    // Services and the like have no link to this Go here.
    "launch-contexts": "warn",
    "no-goroot": "pass",
    "no-gopath": "pass",
    goroot: "skip",
    goproxy: "skip",
    "standard-library": "skip",
    "go-run": "skip",
    "cross-compile": "skip",
    "mod-download": "skip",
  });
  expect(evidenceOf(results, "go-run")).toBe("go does not run: exit status 1: broken");
});

test.runIf(isRoot)("where nothing may be run, that is the evidence", async () => {
  const context = { ...makeHost("exit 1"), unrunnable: "--root: nothing in an image is executed" };
  const results = await runChecks({ context, layers: [1, 2, 3], onResult: () => undefined });
  const seen = Object.entries(statuses(results));
  expect(seen.filter(([, status]) => status === "pass").map(([id]) => id)).toEqual([
    "architecture",
    "tree-manifest",
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
  const results = await runChecks({ context: { ...context, files }, layers: [1], onResult: () => undefined });
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
    layers: [1],
    stop: stop.signal,
    onResult: (result) => {
      told.push(result);
      stop.abort(new Error("stopped by SIGINT"));
    },
  });
  await expect(run).rejects.toThrow("stopped by SIGINT");
  expect(told).toHaveLength(1);
});
