import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { officialRelease } from "../lab/releases/releases.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import type { SnapshotEntry } from "../lab/hosts/snapshot.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { waitFor } from "../lab/suite/wait-for.ts";

// The publisher's own layout under its own names, over TLS, with real releases: 1.26.8 is the published archive bit for
// bit, 1.27.4 its real tree packed by the same rules. Each step stands on the one before. Each release is compiled with
// once, 1.26.8 by the gate of its install, 1.27.4 by `verify`; in full mode by the gate of the upgrade, too.
describe("from nothing to a release, to the next one, and back", () => {
  const bashrc = "case $- in\n    *i*) ;;\n      *) return;;\nesac\nexport GOROOT=/opt/go\nalias ll='ls -l'";
  const places = ["/usr/local", "/etc", "/root", "/home", "/var/lib/readygo"];
  let host: LabHost;
  let mirror: Mirror;
  let atFirst: Map<string, SnapshotEntry>;
  // A build from an empty cache takes two quiet cores seconds, and busy ones minutes.
  const patience = ["--timeout", "280", "--json"];
  const gateOfUpgrade = isFullMode ? [] : ["--no-verify"];

  beforeAll(async () => {
    host = await createHost();
    await host.addUser("alice");
    host.write("/home/alice/.bashrc", bashrc);
    await host.must(["chown", "alice:alice", "/home/alice/.bashrc"]);
    mirror = await host.startMirror({ releases: [await officialRelease("1.26.8"), await officialRelease("1.27.4")] });
    atFirst = host.snapshot(places);
  });
  afterAll(() => host?.destroy());

  it("installs 1.26.8 for the user who ran sudo, and proves it", async () => {
    const run = await host.readygo(["install", "1.26.8", ...patience], {
      env: { SUDO_USER: "alice" },
      timeoutMs: 580_000,
    });
    const result = readJson(run);
    expect(result).toMatchObject({
      command: "install",
      status: "changed",
      version: "go1.26.8",
      previous: null,
      error: null,
    });
    expect(result.changes).toEqual([
      { path: "/usr/local/go", change: "created" },
      { path: "/etc/profile.d/readygo.sh", change: "created" },
      { path: "/usr/local/bin/go", change: "created" },
      { path: "/usr/local/bin/gofmt", change: "created" },
      { path: "/home/alice/.bashrc", change: "modified" },
      { path: "/home/alice/.profile", change: "modified" },
    ]);
    const verdicts = Object.fromEntries(result.checks.map(({ id, status }) => [id, status]));
    // The host has no way to the release's default proxy: said, and not held against the release.
    expect(verdicts).toMatchObject({
      "archive-digest": "pass",
      "tree-manifest": "pass",
      "tree-public": "pass",
      "which-go": "pass",
      "go-run": "pass",
      "cross-compile": "pass",
      "mod-download": "warn",
    });
    expect(Object.values(verdicts)).not.toContain("fail");
    const compiled = result.checks.filter(({ id }) => ["go-run", "cross-compile"].includes(id));
    expect(compiled.map(({ evidence, remedy }) => [evidence.replace(/\d+\.\d s$/, "N s"), remedy])).toEqual([
      ["`go run` printed OK after N s", null],
      ["linux/arm64 program after N s", null],
    ]);
    expect(run.status).toBe(0);
    expect(
      (await host.must(["su", "-", "alice", "-c", "HOME=/tmp/elsewhere; export HOME; go version; go env GOROOT"]))
        .stdout,
    ).toBe("go version go1.26.8 linux/amd64\n/usr/local/go\n");
  });

  it("has one block, at the end, and no line of the user's is changed", () => {
    const text = host.read("/home/alice/.bashrc");
    expect(text.startsWith(`${bashrc}\n# >>> readygo >>>\n`)).toBe(true);
    expect(text.endsWith("\n# <<< readygo <<<\n")).toBe(true);
    const { uid, gid } = atFirst.get("/home/alice/.bashrc") ?? {};
    expect(host.snapshot(["/home/alice/.bashrc"]).get("/home/alice/.bashrc")).toMatchObject({ uid, gid, mode: 0o644 });
  });

  it("is found by sudo, services and other accounts, by links", async () => {
    // go leaves its telemetry in a home, and this one's is held against its start.
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/tmp/elsewhere" };
    expect(
      (await host.must(["sh", "-c", "command -v go; go env GOROOT; gofmt -h 2>&1 | head -1"], { env })).stdout,
    ).toBe("/usr/local/bin/go\n/usr/local/go\nusage: gofmt [flags] [path ...]\n");
  });

  it("changes nothing when run again, and asks nobody", async () => {
    const before = host.snapshot([...places, "/run", "/tmp"]);
    const bytes = host.loopbackBytes();
    const run = await host.readygo(["install", "1.26.8", "--json"], { env: { SUDO_USER: "alice" } });
    expect(readJson(run)).toMatchObject({ status: "unchanged", version: "go1.26.8", changes: [] });
    expect(host.snapshot([...places, "/run", "/tmp"])).toEqual(before);
    expect(host.loopbackBytes()).toBe(bytes);
  });

  it("says with plan what the next release would change, and changes nothing", async () => {
    const before = host.snapshot(places);
    const run = await host.readygo(["plan", "1.27.4", "--detailed-exitcode", "--json"], {
      env: { SUDO_USER: "alice" },
    });
    expect(run.status).toBe(10);
    expect(readJson(run)["steps"]).toEqual([
      {
        kind: "install-tree",
        target: "/usr/local/go",
        reason: "go1.27.4 was asked for",
        before: "go1.26.8 linux/amd64",
        after: "go1.27.4 linux/amd64",
      },
    ]);
    expect(host.snapshot(places)).toEqual(before);
  });

  it("upgrades to 1.27.4 without an instant in which go is missing or wrong", async () => {
    // Both shells' words are kept: the old release's, then the new one's, and never an error.
    const watcher = host.spawn(
      ["bash", "-c", "trap 'exit 0' TERM; while :; do /usr/local/go/bin/go version 2>&1 || echo FAILED; done"],
      {
        env: { GOTOOLCHAIN: "local", GOENV: "/dev/null", HOME: "/tmp/elsewhere" },
      },
    );
    let seen = "";
    watcher.stdout.on("data", (text: Buffer) => (seen += text.toString("utf8")));
    await waitFor("the old release's word", () => seen.includes("go1.26.8"));
    const run = await host.readygo(["install", "1.27.4", ...gateOfUpgrade, ...patience], {
      env: { SUDO_USER: "alice" },
      timeoutMs: 580_000,
    });
    await waitFor("the new release's word", () => seen.includes("go1.27.4"));
    await watcher.kill("SIGTERM");
    const words = (await watcher.exited).stdout.trim().split("\n");
    expect(readJson(run)).toMatchObject({
      status: "changed",
      version: "go1.27.4",
      previous: "go1.26.8",
      changes: [{ path: "/usr/local/go", change: "replaced" }],
    });
    expect(new Set(words)).toEqual(new Set(["go version go1.26.8 linux/amd64", "go version go1.27.4 linux/amd64"]));
    expect(words.length).toBeGreaterThan(50);
    expect(host.exists("/usr/local/.readygo/previous/go1.26.8.linux-amd64/bin/go")).toBe(true);
  });

  it("has nothing left to plan, and verify agrees", async () => {
    expect(
      (await host.readygo(["plan", "1.27.4", "--detailed-exitcode"], { env: { SUDO_USER: "alice" } })).status,
    ).toBe(0);
    const before = host.snapshot(places);
    const verified = await host.readygo(["verify", ...patience], {
      env: { SUDO_USER: "alice" },
      timeoutMs: 580_000,
    });
    expect(verified.status).toBe(0);
    const verdicts = readJson(verified).checks.map(({ id, status }) => [id, status]);
    for (const id of ["tree-manifest", "tree-public", "go-run", "cross-compile"]) {
      expect(verdicts).toContainEqual([id, "pass"]);
    }
    expect(host.snapshot(places)).toEqual(before);
    expect([...host.snapshot(["/tmp"]).keys()].filter((path) => path.startsWith("/tmp/readygo-"))).toEqual([]);
  });

  it("sees with verify, and puts right with install --repair, what has changed inside the tree", async () => {
    host.write("/usr/local/go/src/fmt/print.go", "package fmt\n");
    host.write("/usr/local/go/src/fmt/stale.go", "package fmt\n");
    const verified = readJson(await host.readygo(["verify", "--json"]));
    expect(verified.error).toMatchObject({ code: "verify-failed", exit: 7 });
    expect(verified.checks.find(({ id }) => id === "tree-manifest")).toMatchObject({
      status: "fail",
      evidence: expect.stringMatching(
        /src\/fmt\/stale\.go[^]*src\/fmt\/print\.go|src\/fmt\/print\.go[^]*src\/fmt\/stale\.go/,
      ) as unknown,
    });
    const repaired = readJson(
      await host.readygo(["install", "1.27.4", "--repair", "--no-verify", "--json"], { env: { SUDO_USER: "alice" } }),
    );
    expect(repaired).toMatchObject({ status: "changed", changes: [{ path: "/usr/local/go", change: "replaced" }] });
    expect(host.exists("/usr/local/go/src/fmt/stale.go")).toBe(false);
    // What was put there is somebody's: it is kept, and theirs to delete.
    await host.must(["rm", "-r", "/usr/local/.readygo/previous/added-to-go1.27.4"]);
  });

  it("gives the host back byte for byte", async () => {
    const run = await host.readygo(["uninstall", "--json"]);
    expect(readJson(run)).toMatchObject({ status: "changed", previous: "go1.27.4", error: null });
    // A directory that lost an entry has another mtime; everything else is as it was.
    const timeless = (entries: Map<string, SnapshotEntry>): unknown =>
      [...entries].map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]);
    expect(timeless(host.snapshot(places))).toEqual(timeless(atFirst));
    expect((await host.readygo(["uninstall", "--json"])).status).toBe(0);
  });

  it("never asked the mirror for anything but what it needed", async () => {
    const asked = (await mirror.requests()).map(({ host: name, url }) => `${name}${url}`);
    expect(asked.filter((request) => request.endsWith(".tar.gz"))).toEqual([
      "go.dev/dl/go1.26.8.linux-amd64.tar.gz",
      "dl.google.com/go/go1.26.8.linux-amd64.tar.gz",
      "go.dev/dl/go1.27.4.linux-amd64.tar.gz",
      "dl.google.com/go/go1.27.4.linux-amd64.tar.gz",
      "go.dev/dl/go1.27.4.linux-amd64.tar.gz",
      "dl.google.com/go/go1.27.4.linux-amd64.tar.gz",
    ]);
  });
});
