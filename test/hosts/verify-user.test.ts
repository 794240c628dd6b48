import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import type { CommandOptions } from "../lab/hosts/command.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { officialRelease, officialVersions } from "../lab/releases/releases.ts";

// Root's receipt cannot be read: the hash that readygo carries of the public release proves the tree, and then Go runs as
// whoever asks.
describe("verify of an ordinary user", () => {
  let host: LabHost;
  let env: Readonly<Record<string, string | undefined>>;
  const homes = ["/home/ann", "/root", "/var/lib/readygo"];

  beforeAll(async () => {
    const release = await officialRelease(officialVersions.older);
    host = await createHost();
    const mirror = await host.startMirror({ releases: [release] });
    env = { GOPROXY: mirror.proxyUrl };
    await host.addUser("ann");
    const run = await host.readygo(["install", officialVersions.older, "--user", "ann", "--no-verify", "--json"]);
    expect(readJson(run).status).toBe("changed");
  });
  afterAll(() => host?.destroy());

  const verify = async (words: readonly string[], options: CommandOptions = {}) => {
    const run = await host.readygo(["verify", "--json", ...words], {
      user: "ann",
      env,
      timeoutMs: 300_000,
      ...options,
    });
    const { checks, error } = readJson(run);
    return { run, error, of: Object.fromEntries(checks.map(({ id, status }) => [id, status])), checks };
  };

  it("proves the tree by the public hash, says what needs root, and leaves nothing in a home", async () => {
    const before = host.snapshot(homes);
    const { run, of, checks, error } = await verify(["--skip", "cross-compile,cgo-build"]);
    expect([run.status, error]).toEqual([0, null]);
    expect(of).toMatchObject({
      "archive-digest": "skip",
      "tree-manifest": "skip",
      "command-links": "skip",
      architecture: "pass",
      "tree-public": "pass",
      "tree-path": "pass",
      version: "pass",
      "login-shell": "pass",
      "standard-library": "pass",
      "go-run": "pass",
      "mod-download": "pass",
    });
    expect(checks.find(({ id }) => id === "tree-manifest")?.evidence).toBe("only root can look at it");
    expect(listChanges(before, host.snapshot(homes))).toEqual([]);
  });

  it("needs neither HOME nor a network", async () => {
    const { run, of } = await verify(["--only", "tree-public,goroot,standard-library"], {
      env: { GOPROXY: "off", HOME: undefined, USER: undefined, LOGNAME: undefined },
    });
    expect([run.status, of]).toEqual([0, { "tree-public": "pass", goroot: "pass", "standard-library": "pass" }]);
  });

  it("looks at no other account", async () => {
    const { run, error } = await verify(["--user", "root"]);
    expect([run.status, error?.code]).toEqual([3, "rights-missing"]);
  });

  it.each([
    ["noexec", "-o noexec,size=600m"],
    ["tiny", "-o size=1m"],
    ["read-only", "-o ro"],
  ])("comes to its end with a /tmp that is %s, names that, and goes on with what it can", async (_, options) => {
    await host.script(`mount -t tmpfs ${options} tmpfs /tmp && (chmod 1777 /tmp || true)`);
    try {
      const { run, of } = await verify(["--only", "tree-public,goroot,work-directory"]);
      expect([run.status, of]).toEqual([0, { "tree-public": "pass", goroot: "pass", "work-directory": "warn" }]);
    } finally {
      await host.script("umount /tmp");
    }
  });

  it("tells with --trace what a `go run` executes and opens, and which other toolchain takes part", async () => {
    const trace = async (words: readonly string[] = []) => {
      const { checks } = await verify(["--trace", "--only", "runtime-trace", ...words]);
      return checks.find(({ id }) => id === "runtime-trace");
    };
    const before = host.snapshot(homes);
    const own = await trace();
    expect([own?.status, own?.evidence]).toEqual([
      "pass",
      expect.stringContaining("programs of this tree or built by it"),
    ]);
    expect(own?.seen).toEqual(
      expect.arrayContaining(["executes /usr/local/go/bin/go", "executes /usr/local/go/pkg/tool/linux_amd64/link"]),
    );
    expect(listChanges(before, host.snapshot(homes))).toEqual([]);

    const other = "/home/ann/bin/go1.27.4";
    host.write(other, "#!/bin/sh\necho OK\n", 0o755);
    host.write(
      "/home/ann/.profile",
      `${host.read("/home/ann/.profile")}\nexport GOTOOLCHAIN=go1.27.4+path PATH=$HOME/bin:$PATH\n`,
    );
    await host.script("chown -R ann: /home/ann");
    expect(await trace()).toMatchObject({ status: "warn", evidence: expect.stringContaining(other) });

    await host.script("mv /usr/bin/strace /usr/bin/strace.away");
    expect(await trace()).toMatchObject({ status: "skip", remedy: "sudo apt-get install strace" });
    await host.script("mv /usr/bin/strace.away /usr/bin/strace; rm -r /home/ann/bin");
    await host.script("sed -i '/GOTOOLCHAIN/d' /home/ann/.profile");
  });

  it("runs nothing of a tree that is not the public release", async () => {
    await host.script("echo changed >>/usr/local/go/src/fmt/print.go");
    const { run, of } = await verify(["--only", "tree-public,goroot"]);
    expect([run.status, of]).toEqual([7, { "tree-public": "fail", goroot: "skip" }]);
  });
});

type Snapshot = ReturnType<LabHost["snapshot"]>;

function listChanges(before: Snapshot, after: Snapshot): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.has(path) !== after.has(path));
}
