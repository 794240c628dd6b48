import { afterEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import type { SnapshotEntry } from "../lab/hosts/snapshot.ts";
import { createHost, type HostOptions, type LabHost } from "../lab/hosts/throw-away-host.ts";

// What readygo did not install is kept, and comes back with uninstall.
describe("a Go that was there before", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  afterEach(() => host?.destroy());

  async function start(options: HostOptions): Promise<void> {
    shelf = await stockReleases("1.30.1", "1.30.2");
    host = await createHost({ ...options, bind: shelf.bind });
  }

  const install = async (version: string) =>
    readJson(await host.readygo(["install", ...shelf.words(version), "--no-verify", "--json"], { timeoutMs: 180_000 }));
  const timeless = (entries: Map<string, SnapshotEntry>): unknown =>
    [...entries].map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]);

  it.each(["redirect", "plain"] as const)("comes back from under two releases (overlay: %s)", async (overlay) => {
    await start({ overlay, goAtStart: "official" });
    const before = host.snapshot(["/usr/local", "/etc", "/root"], { hash: false });
    expect(await install("1.30.1")).toMatchObject({
      status: "changed",
      changes: [{ path: "/usr/local/go", change: "replaced" }, {}, {}, {}, {}, {}],
    });
    expect(host.read("/usr/local/go/VERSION")).toMatch(/^go1\.30\.1\n/);
    expect(host.exists("/usr/local/.readygo/previous/original/bin/go")).toBe(true);
    expect(await install("1.30.2")).toMatchObject({ status: "changed", previous: "go1.30.1" });
    expect(await install("1.30.2")).toMatchObject({ status: "unchanged" });
    expect(readJson(await host.readygo(["uninstall", "--json"]))).toMatchObject({
      changes: [{ path: "/usr/local/go", change: "replaced" }, {}, {}, {}, {}, {}],
    });
    expect(timeless(host.snapshot(["/usr/local", "/etc", "/root"], { hash: false }))).toEqual(timeless(before));
  });

  it("is replaced by a real directory where it was a link, and the link's target stays as it is", async () => {
    await start({});
    await host.script("mkdir -p /opt/old/bin; echo go1.20 >/opt/old/VERSION; ln -s /opt/old /usr/local/go");
    const before = host.snapshot(["/opt", "/usr/local"]);
    expect(await install("1.30.1")).toMatchObject({
      changes: [{ path: "/usr/local/go", change: "replaced" }, {}, {}, {}, {}, {}],
    });
    expect(host.snapshot(["/usr/local/go"]).get("/usr/local/go")).toMatchObject({
      kind: "directory",
      mode: 0o755,
      uid: 0,
    });
    expect(host.read("/opt/old/VERSION")).toBe("go1.20\n");
    await host.readygo(["uninstall"]);
    expect(timeless(host.snapshot(["/opt", "/usr/local"]))).toEqual(timeless(before));
  });

  it("goes for good with --discard-foreign, and only then", async () => {
    await start({ goAtStart: "official" });
    const run = await host.readygo(
      ["install", ...shelf.words("1.30.1"), "--discard-foreign", "--no-verify", "--json"],
      {
        timeoutMs: 180_000,
      },
    );
    expect(readJson(run).status).toBe("changed");
    expect(host.exists("/usr/local/.readygo")).toBe(false);
    await host.readygo(["uninstall"]);
    expect(host.exists("/usr/local/go")).toBe(false);
  });

  it("is left alone where somebody put it there after readygo: uninstall names it and takes only what is readygo's", async () => {
    await start({});
    await install("1.30.1");
    await host.script(
      "rm -rf /usr/local/go; mkdir -p /usr/local/go/bin; echo go1.19.5 >/usr/local/go/VERSION; echo mine >/usr/local/go/bin/go",
    );
    const run = await host.readygo(["uninstall", "--json"]);
    expect(run.stderr).toContain(
      "/usr/local/go is not what readygo installed (go1.19.5 linux/?, not installed by readygo); it is left alone",
    );
    expect(host.read("/usr/local/go/bin/go")).toBe("mine\n");
    expect([
      host.exists("/usr/local/.readygo"),
      host.exists("/var/lib/readygo"),
      host.exists("/etc/profile.d/readygo.sh"),
    ]).toEqual([false, false, false]);
  });
});
