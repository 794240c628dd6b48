import { expect, test } from "vitest";
import { createRealFiles } from "../../../src/host/real-files.ts";
import type { ChecksumRecord } from "../../../src/release/sumdb/checksum-record.ts";
import type { RunRequest } from "../../../src/host/ports.ts";
import type { CheckContext, CheckResult, PublicRelease } from "../../../src/verify/check.ts";
import { checks } from "../../../src/verify/checks.ts";
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
  const results = await runChecks({ context, layers: [1, 2, 3], onResult: () => undefined });
  expect(statuses(results)).toEqual({
    "archive-digest": "skip",
    architecture: "pass",
    "tree-manifest": "pass",
    "tree-public": "skip",
    version: "fail",
    "which-go": expect.any(String),
    "login-shell": "pass",
    "interactive-shell": "pass",
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

test("nothing is run from a tree that is not whole, or not known to be", async () => {
  const whole = makeHost("exit 1");
  const runs: RunRequest[] = [];
  const processes = { run: (request: RunRequest) => (runs.push(request), Promise.reject(new Error("ran"))) };
  for (const manifest of [{ files: [], directories: [] }, undefined]) {
    const results = await runChecks({
      context: { ...whole, processes, manifest },
      layers: [1, 2, 3],
      onResult: () => undefined,
    });
    const needRunning = checks.filter((check) => check.needsRunning).map(({ id }) => id);
    expect(needRunning.map((id) => evidenceOf(results, id))).toEqual(
      needRunning.map(() => "nothing is run from a tree that is not proven whole"),
    );
    expect(evidenceOf(results, "version")).toBe(
      "VERSION says go1.27.4; `go version` was not run: nothing is run from a tree that is not proven whole",
    );
  }
  expect(runs).toEqual([]);
});

test.runIf(isRoot)("nothing is run from a whole tree that is not the public one", async () => {
  const record = { h1: "h1:another", recordId: 1, treeSize: 2, signedNote: "" } as ChecksumRecord;
  const publicRelease: PublicRelease = {
    askLog: async () => ({ record, unshown: undefined }),
    listModule: async () => [],
  };
  const context = { ...makeHost("exit 1"), receipt: undefined, publicRelease };
  const results = await runChecks({ context, layers: [1, 2, 3], onResult: () => undefined });
  expect([statuses(results)["tree-manifest"], statuses(results)["tree-public"]]).toEqual(["pass", "fail"]);
  expect(evidenceOf(results, "go-run")).toBe("nothing is run from a tree that is not proven whole");
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
