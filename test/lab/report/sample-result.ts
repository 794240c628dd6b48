import { checks as knownChecks } from "../../../src/verify/list-checks.ts";
import { diagnostics as knownDiagnostics } from "../../../src/doctor/list-diagnostics.ts";
import { launchContexts } from "../../../src/environment/launch-context.ts";
import type { Result } from "../../../src/report/result/result-shape.ts";

const base: Result = {
  schema: 1,
  readygo: "0.1.0",
  command: "verify",
  status: "unchanged",
  exit: 0,
  startedAt: "2026-11-30T06:12:03.250Z",
  durationMs: 5120,
  host: { name: "build-7", id: "0123456789abcdef", system: "Ubuntu 24.04.3 LTS", root: null },
  version: "go1.27.4",
  previous: null,
  changes: [],
  checks: [],
  warnings: [],
  timings: [],
  error: null,
};

/** As `verify` on a host where nothing is wrong: every check, every launch context of two accounts. */
export function healthyResult(overrides: Partial<Result> = {}): Result {
  const checks = knownChecks.map(({ id, layer, proves }, at): Result["checks"][number] => ({
    id,
    layer,
    status: at === 7 ? "skip" : "pass",
    evidence: at === 7 ? "the network was not asked" : `${proves} (as it should be)`,
    remedy: null,
  }));
  const timings = checks.map(({ id }, at): Result["timings"][number] => ({
    kind: "check",
    name: id,
    startMs: at * 90,
    durationMs: 40 + at * 60,
  }));
  return {
    ...base,
    checks,
    contexts: ["ubuntu", "root"].flatMap((account) => listContexts(account)),
    timings: [{ kind: "step", name: "verifying go1.27.4", startMs: 12, durationMs: 5000 }, ...timings],
    advisories: [],
    ...overrides,
  };
}

function listContexts(account: string): NonNullable<Result["contexts"]> {
  return launchContexts.map(({ id, typed }) => {
    const isCron = id.startsWith("cron");
    return {
      context: id,
      typed,
      account,
      how: "derived",
      status: isCron ? "info" : "pass",
      go: isCron ? null : "/usr/local/go/bin/go",
      version: isCron ? null : "go1.27.4",
      variables: { PATH: { value: "/usr/local/go/bin:/usr/bin:/bin", origin: "/etc/environment:1" } },
    };
  });
}

/** As `verify` on a host where a file of the tree has changed and a shell finds another Go. */
export function failingResult(overrides: Partial<Result> = {}): Result {
  const healthy = healthyResult();
  const checks = healthy.checks.map((check): Result["checks"][number] => {
    if (check.id === "tree-manifest")
      return {
        ...check,
        status: "fail",
        evidence: "2 of 14,511 files differ: src/fmt/print.go (changed), bin/go (mode 0777)",
        remedy: "readygo install 1.27.4 --repair",
        differences: ["src/fmt/print.go: changed", "bin/go: mode 0777"],
      };
    if (check.id === "interactive-shell")
      return {
        ...check,
        status: "warn",
        evidence: "bash of ubuntu finds /home/ubuntu/sdk/go1.20/bin/go first: /home/ubuntu/.bashrc:118",
        remedy: "delete line 118 of /home/ubuntu/.bashrc",
      };
    return check.layer === 3
      ? { ...check, status: "skip", evidence: "nothing is run from a tree of which tree-manifest has not passed" }
      : check;
  });
  const contexts = (healthy.contexts ?? []).map((context, at): NonNullable<Result["contexts"]>[number] =>
    at % 9 === 2 ? { ...context, status: "warn", go: "/home/ubuntu/sdk/go1.20/bin/go", version: "go1.20" } : context,
  );
  return {
    ...healthy,
    status: "failed",
    exit: 7,
    checks,
    contexts,
    warnings: [{ text: "go1.27.4 has one known vulnerability (GO-2026-6218)", remedy: "readygo install 1.27.5" }],
    advisories: ["GO-2026-6218"],
    error: {
      code: "verify-failed",
      summary: `1 of ${checks.length} checks failed`,
      details: { "tree-manifest": "2 of 14,511 files differ" },
      cause: null,
      remedy: ["readygo install 1.27.4 --repair"],
      exit: 7,
    },
    ...overrides,
  };
}

/** As `install` that has edited a shell's file. */
export function installedResult(overrides: Partial<Result> = {}): Result {
  return {
    ...healthyResult(),
    command: "install",
    status: "changed",
    previous: "go1.26.8",
    changes: [
      { path: "/usr/local/go", change: "replaced" },
      { path: "/home/ubuntu/.bashrc", change: "modified" },
    ],
    steps: [
      {
        kind: "install-tree",
        target: "/usr/local/go",
        reason: "1.27.4 was asked for",
        before: "go1.26.8",
        after: "go1.27.4",
        diff: null,
      },
      {
        kind: "write-file",
        target: "/home/ubuntu/.bashrc",
        reason: "interactive shells read it last",
        before: "117 lines, 3771 bytes",
        after: "121 lines, 3900 bytes",
        diff: '--- /home/ubuntu/.bashrc\n+++ /home/ubuntu/.bashrc\n@@ -117,0 +118,4 @@\n+# >>> readygo >>>\n+export PATH="/usr/local/go/bin:$PATH"\n+unset GOROOT\n+# <<< readygo <<<\n',
      },
    ],
    proofs: [
      { root: "manifest", evidence: "SHA-256 as pinned in the manifest" },
      { root: "signature", evidence: "signed by the publisher's key EB4C1BFD4F042F6D" },
    ],
    timings: [
      { kind: "step", name: "fetching go1.27.4.linux-amd64.tar.gz", startMs: 200, durationMs: 3100 },
      { kind: "step", name: "verifying", startMs: 3300, durationMs: 1800 },
    ],
    ...overrides,
  };
}

/** As `doctor` on a host with something of every kind: each diagnostic, and findings of each severity. */
export function doctorResult(overrides: Partial<Result> = {}): Result {
  return {
    ...base,
    command: "doctor",
    status: "failed",
    exit: 7,
    failOn: "error",
    diagnostics: knownDiagnostics.map(({ id, group }, at) => ({
      id,
      group,
      status: at === 3 ? "skipped" : at % 12 === 0 ? "found" : "ok",
      why: at === 3 ? "no answer within 60 s" : null,
      durationMs: 3 + at * 7,
    })),
    findings: knownDiagnostics
      .filter((_each, at) => at % 12 === 0)
      .map(({ id, group, why }, at) => ({
        id,
        group,
        severity: (["error", "warning", "info"] as const)[at % 3] ?? "info",
        account: at % 2 === 0 ? "ubuntu" : null,
        evidence: `what ${id} has seen`,
        origins: [`/home/ubuntu/.profile:${at + 3}`],
        why,
        remedy:
          at % 2 === 0
            ? {
                kind: "command" as const,
                argv: ["readygo", "doctor", "--fix"],
                asRoot: true,
                text: "sudo readygo doctor --fix",
              }
            : {
                kind: "edit" as const,
                file: "/home/ubuntu/.profile",
                line: at,
                from: "x",
                to: null,
                text: `delete line ${at} of /home/ubuntu/.profile: x`,
              },
        fix: at % 2 === 0 ? { kind: "unset" as const, account: "ubuntu", name: "GOFLAGS" } : null,
      })),
    trees: [],
    timings: knownDiagnostics.map(({ id }, at) => ({
      kind: "diagnostic" as const,
      name: id,
      startMs: 40,
      durationMs: 3 + at * 7,
    })),
    error: {
      code: "problems-found",
      summary: "2 problems were found",
      details: {},
      cause: null,
      remedy: ["sudo readygo doctor --fix"],
      exit: 7,
    },
    ...overrides,
  };
}

/** As a command that ended before it looked at anything. */
export function endedResult(overrides: Partial<Result> = {}): Result {
  return {
    ...base,
    command: "install",
    status: "failed",
    exit: 4,
    version: null,
    error: {
      code: "sources-failed",
      summary: "nothing could be fetched",
      details: { publisher: "connection refused", goproxy: "HTTP 503" },
      cause: "connect ECONNREFUSED",
      remedy: ["readygo sources --all"],
      exit: 4,
    },
    ...overrides,
  };
}

/** Something in every field that any command has; few of each, to be made many times. */
export function fullResult(): Result {
  const failing = failingResult();
  const installed = installedResult();
  const doctor = doctorResult();
  const kinds = new Set<string>();
  return {
    ...failing,
    host: { name: "build-7", id: "0123456789abcdef", system: "Ubuntu 24.04.3 LTS", root: "/mnt/image" },
    previous: "go1.26.8",
    changes: installed.changes,
    steps: installed.steps ?? [],
    proofs: installed.proofs ?? [],
    failOn: "error",
    checks: failing.checks.filter(({ layer, status }) => {
      const isNew = !kinds.has(`${layer} ${status}`);
      kinds.add(`${layer} ${status}`);
      return isNew;
    }),
    contexts: (failing.contexts ?? []).slice(0, 12).map((each, at) => (at === 4 ? { ...each, status: "skip", why: "it is not started" } : each)), // prettier-ignore
    diagnostics: (doctor.diagnostics ?? []).slice(0, 5),
    findings: (doctor.findings ?? []).slice(0, 3),
    timings: failing.timings.slice(0, 6),
    trees: [
      {
        path: "/opt/go",
        account: "ubuntu",
        broughtBy: "snap",
        version: "go1.20",
        architecture: "amd64",
        status: "warn",
        reason: "it is old",
      },
    ],
    error: {
      code: "step-failed",
      summary: "a step failed",
      details: { file: "/usr/local/go" },
      cause: "EIO",
      remedy: ["look at the disk"],
      exit: 6,
    },
  };
}

export const sampleResults = {
  healthy: healthyResult,
  failing: failingResult,
  installed: installedResult,
  doctor: doctorResult,
  ended: endedResult,
  full: fullResult,
} as const;
