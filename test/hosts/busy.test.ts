import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// A real build by the real Go that this machine has. It goes on when the test says so, and takes a moment then.
describe("a build that runs from the tree", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  afterEach(() => host?.destroy());

  const hold = '#!/bin/sh\nuntil [ -e /tmp/go-on ]; do sleep 0.1; done\nexec "$@"\n';

  async function startBuild() {
    shelf = await stockReleases("1.30.1");
    host = await createHost({ goAtStart: "official", bind: shelf.bind });
    host.write("/opt/hold", hold, 0o755);
    const env = { GOCACHE: "/tmp/cache", GOENV: "/dev/null", GOTOOLCHAIN: "local", GOFLAGS: "", HOME: "/tmp/home" };
    const line = "/usr/local/go/bin/go build -toolexec /opt/hold unicode/utf8 && echo BUILT";
    const build = host.spawn(["sh", "-c", line], { env, timeoutMs: 500_000 });
    await build.pid();
    await host.script("timeout 200 bash -c 'until pgrep -f pkg/tool/linux_ >/dev/null; do sleep 0.1; done'", {
      timeoutMs: 250_000,
    });
    return build;
  }

  it("is waited for, and named in the plan; it ends well, and then the tree is replaced", async () => {
    const build = await startBuild();
    const plan = readJson(await host.readygo(["plan", ...shelf.words("1.30.1"), "--json"]));
    expect(JSON.stringify(plan["notes"])).toMatch(/go build .*runs from \/usr\/local\/go; install waits for it/);
    const run = host.spawnReadygo(["install", ...shelf.words("1.30.1"), "--no-verify", "--json"], {
      timeoutMs: 300_000,
    });
    let words = "";
    while (!/^waiting up to 60 s for .*go build/m.test(words)) {
      const [text] = (await Promise.race([once(run.stderr, "data"), run.exited.then(() => [])])) as [Buffer?];
      if (text === undefined) throw new Error(`the build was not waited for: ${words}`);
      words += text.toString("utf8");
    }
    expect(host.read("/usr/local/go/VERSION")).not.toMatch(/^go1\.30\.1/);
    host.write("/tmp/go-on", "");
    expect(readJson(await run.exited)).toMatchObject({ status: "changed", error: null });
    expect((await build.exited).stdout).toBe("BUILT\n");
    expect(host.read("/usr/local/go/VERSION")).toMatch(/^go1\.30\.1/);
  });

  it("makes --busy=fail give up, with everything rolled back", async () => {
    const build = await startBuild();
    const options = ["--busy", "fail", "--no-verify", "--json"];
    const run = await host.readygo(["install", ...shelf.words("1.30.1"), ...options]);
    expect([run.status, readJson(run).error?.code]).toEqual([6, "builds-running"]);
    expect(host.exists("/var/lib/readygo")).toBe(false);
    await build.kill("SIGKILL");
  });

  it("is not waited for with --busy=replace", async () => {
    const build = await startBuild();
    const options = ["--busy", "replace", "--no-verify", "--json"];
    const run = await host.readygo(["install", ...shelf.words("1.30.1"), ...options]);
    expect(readJson(run).status).toBe("changed");
    expect(run.stderr).not.toContain("waiting");
    await build.kill("SIGKILL");
  });
});
