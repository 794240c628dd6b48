// Rule: once a check of layer 1 has failed that says whose tree it is, nothing of that tree is run, by readygo as root or
// by a shell of the account.
import { expect, test } from "vitest";
import { createRealFiles } from "../../src/host/real-files.ts";
import type { RunRequest } from "../../src/host/ports.ts";
import type { ChecksumRecord } from "../../src/trust/sumdb/checksum-record.ts";
import type { Sha256 } from "../../src/release/sha256.ts";
import type { CheckContext, PublicRelease } from "../../src/verify/check.ts";
import { checks } from "../../src/verify/list-checks.ts";
import { runChecks } from "../../src/verify/run-checks.ts";
import { elfHeader, makeContext, makeDirectory, manifestOf, place, wantedVersion } from "../unit/verify/check-host.ts";

const tree = (root: string): string => `${root}/usr/local/go`;
const go = ["bin/go", "bin/gofmt", "pkg/tool/linux_amd64/compile"] as const;

/** A host with a small tree that passes, until `spoil` has been at it; and what was run there. */
function makeHost(spoil: (root: string) => Partial<CheckContext>): { context: CheckContext; runs: RunRequest[] } {
  const root = makeDirectory();
  place(tree(root), { VERSION: `${wantedVersion}\n`, "go.env": "GOPROXY=https://standard.example\n" });
  for (const program of go) place(tree(root), { [program]: elfHeader("amd64") }, 0o755);
  const runs: RunRequest[] = [];
  const processes = { run: (request: RunRequest) => (runs.push(request), Promise.reject(new Error("ran"))) };
  const files = createRealFiles(root);
  const spoiled = spoil(root);
  const manifest = manifestOf(tree(root));
  return {
    context: makeContext({ files, processes, version: wantedVersion, architecture: "amd64", manifest, ...spoiled }),
    runs,
  };
}

const record = { h1: "h1:another", recordId: 1, treeSize: 2, signedNote: "" } as ChecksumRecord;
const publicRelease: PublicRelease = {
  askLog: async () => ({ record, unshown: undefined }),
  listModule: async () => [],
};
const archive = { name: "x", kind: "tar.gz", sha256: "0".repeat(64) as Sha256, size: 1, from: "x" } as const;

test.each<[string, (root: string) => Partial<CheckContext>]>([
  ["archive-digest", () => ({ receipt: { archive, trust: [] } })],
  [
    "architecture",
    (root) => {
      place(tree(root), { "bin/go": elfHeader("arm64") }, 0o755);
      return {};
    },
  ],
  ["tree-manifest", () => ({ manifest: { files: [], directories: [] } })],
  // Not a failure: there is none to hold the tree against.
  ["tree-manifest", () => ({ manifest: undefined })],
  ["tree-public", () => ({ publicRelease })],
  [
    "version",
    (root) => {
      place(tree(root), { VERSION: "go1.26.8\n" });
      return {};
    },
  ],
])("%s", async (id, spoil) => {
  const { context, runs } = makeHost(spoil);
  const results = await runChecks({ context, checks, onResult: () => undefined });
  const first = results.find(({ status, layer }) => layer === 1 && (status === "fail" || status === "warn"));
  expect([first?.id, runs]).toEqual([id, []]);
  const needRunning = checks
    .filter((check) => check.needsRunning && check.appliesTo?.(context) !== false)
    .map((check) => check.id);
  expect(results.flatMap((result) => (needRunning.includes(result.id) ? [result.evidence] : []))).toEqual(
    needRunning.map(() => `nothing is run from a tree of which ${id} has not passed`),
  );
});
