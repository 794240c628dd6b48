import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { makeUbuntuLike } from "../lab/hosts/ubuntu-like.ts";

// A Debian root with nothing but what is Essential, dressed as Ubuntu 24.04 is: no curl, no sudo, no certificates of its
// own, root's .bashrc with the early return. It is not Ubuntu.
describe("a minimal host", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost({ lower: "minbase" });
    await makeUbuntuLike(host, "24.04");
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
  });
  afterAll(() => host?.destroy());

  it("gets its release, through its own certificates only", async () => {
    const rcFile = host.read("/root/.bashrc");
    const run = await host.readygo(["install", "1.30.1", "--json"], { timeoutMs: 120_000 });
    const { checks, status, error } = readJson(run);
    expect([status, error, checks.filter((check) => check.status === "fail")]).toEqual(["changed", null, []]);
    const edited = host.read("/root/.bashrc");
    expect(edited.replace(/# >>> readygo >>>\n[^]*# <<< readygo <<<\n/, "")).toBe(rcFile);
    // By the link: a shell that is not interactive, as sshd starts one, does not come to the end of .bashrc.
    const probe = [
      "env",
      "-i",
      "HOME=/root",
      "BASH_ENV=/root/.bashrc",
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "bash",
      "-c",
      "command -v go",
    ];
    expect((await host.must(probe)).stdout).toBe("/usr/local/bin/go\n");
  });

  it("is as it was after uninstall", async () => {
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    expect([
      host.exists("/usr/local/go"),
      host.exists("/etc/profile.d/readygo.sh"),
      host.exists("/var/lib/readygo"),
    ]).toEqual([false, false, false]);
    expect(host.read("/root/.bashrc")).not.toContain("readygo");
  });
});
