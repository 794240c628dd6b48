import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases.ts";
import { createHost, type HostOptions, type LabHost } from "../lab/throw-away-host.ts";

describe("a disk that cannot take it", () => {
  let host: LabHost;
  afterEach(() => host?.destroy());

  let release: LabArchive;
  async function start(options: HostOptions): Promise<readonly string[]> {
    release = await makeSmallRelease("1.30.1");
    host = await createHost({ ...options, bind: [{ from: dirname(release.path), to: "/opt/releases" }] });
    return ["install", "1.30.1", "--source", "/opt/releases", "--sha256", release.sha256, "--no-verify", "--json"];
  }
  const look = (): unknown =>
    [...host.snapshot(["/usr/local", "/etc", "/root", "/var/lib/readygo", "/run/readygo"])].map(([path, entry]) => [
      path,
      { ...entry, mtimeNs: "" },
    ]);

  it("is refused before anything is begun where it is too small", async () => {
    const argv = await start({ sizeMiB: 64 });
    const before = look();
    const run = await host.readygo(argv);
    expect([run.status, readJson(run).error?.code]).toEqual([3, "space-missing"]);
    expect(look()).toEqual(before);
  });

  it("that somebody else fills in the middle of a run has everything put back, and is used once there is room", async () => {
    const argv = await start({ sizeMiB: 460 });
    const before = look();
    // The run stands still before it makes its staging directory, while the disk becomes full to the last block.
    const hold = ["-e", "trace=fsync", "-P", "/usr/local", "-e", "inject=fsync:delay_enter=4000000:when=1"];
    const tracer = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", "/run/held", ...hold];
    const run = host.spawn([...tracer, "/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", ...argv]);
    for (let tries = 0; tries < 400 && !(host.exists("/run/held") && host.read("/run/held") !== ""); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await host.run(["bash", "-c", "cat /dev/zero >/opt/filler; sync /opt/filler"]);
    const result = await run.exited;
    expect([3, 6]).toContain(result.status);
    expect(["space-missing", "step-failed"]).toContain(readJson(result).error?.code);
    await host.must(["rm", "/opt/filler"]);
    expect(look()).toEqual(before);
    expect(readJson(await host.readygo(argv)).status).toBe("changed");
  });

  it.each(["/usr/local", "/var/lib", "/etc", "/run"])("that is read-only at %s is left as it is", async (place) => {
    const argv = await start({});
    const before = look();
    await host.must(["mount", "--bind", place, place]);
    await host.must(["mount", "-o", "remount,ro,bind", place]);
    const run = await host.readygo(argv);
    await host.must(["umount", place]);
    expect([3, 6]).toContain(run.status);
    expect(["rights-missing", "place-unsafe", "step-failed", "host-unreadable"]).toContain(readJson(run).error?.code);
    expect(look()).toEqual(before);
    expect(readJson(await host.readygo(argv)).status).toBe("changed");
  });
});
