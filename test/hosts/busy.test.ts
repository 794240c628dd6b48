import { afterEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// A real, long build by the real Go that this machine has.
describe("a build that runs from the tree", () => {
  let host: LabHost;
  afterEach(() => host?.destroy());

  async function startBuild() {
    host = await createHost({ goAtStart: "machine" });
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
    const env = { GOCACHE: "/tmp/cache", GOENV: "/dev/null", GOTOOLCHAIN: "local", GOFLAGS: "", HOME: "/tmp/home" };
    const build = host.spawn(["sh", "-c", "/usr/local/go/bin/go build encoding/json text/template && echo BUILT"], {
      env,
    });
    await build.pid();
    await host.script("timeout 200 bash -c 'until pgrep -f pkg/tool/linux_ >/dev/null; do sleep 0.1; done'");
    return build;
  }

  it("is waited for, and named in the plan; it ends well, and then the tree is replaced", async () => {
    const build = await startBuild();
    const plan = readJson(await host.readygo(["plan", "1.30.1", "--json"]));
    expect(JSON.stringify(plan["notes"])).toMatch(/go build net.*runs from \/usr\/local\/go; install waits for it/);
    const run = await host.readygo(["install", "1.30.1", "--no-verify", "--json"], { timeoutMs: 200_000 });
    expect(run.stderr).toMatch(/^waiting up to 60 s for .*go build/m);
    // Its go had ended when the tree was exchanged; the shell around it takes a moment more.
    const late = new Promise((resolve) => setTimeout(resolve, 60_000, "still running"));
    expect(await Promise.race([build.exited.then(({ stdout }) => stdout), late])).toBe("BUILT\n");
    expect(readJson(run).status).toBe("changed");
    expect(host.read("/usr/local/go/VERSION")).toMatch(/^go1\.30\.1/);
  });

  it("makes --busy=fail give up, with everything put back", async () => {
    const build = await startBuild();
    const run = await host.readygo(["install", "1.30.1", "--busy", "fail", "--no-verify", "--json"]);
    expect([run.status, readJson(run).error?.code]).toEqual([6, "builds-running"]);
    expect(host.exists("/var/lib/readygo")).toBe(false);
    await build.kill("SIGKILL");
  });

  it("is not waited for with --busy=replace", async () => {
    const build = await startBuild();
    const run = await host.readygo(["install", "1.30.1", "--busy", "replace", "--no-verify", "--json"]);
    expect(readJson(run).status).toBe("changed");
    expect(run.stderr).not.toContain("waiting");
    await build.kill("SIGKILL");
  });
});
