import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Links in /usr/local/bin: whatever stands there, nothing is lost, and uninstall gives it back.
describe("go and gofmt in /usr/local/bin", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  const bin = "/usr/local/bin";

  beforeAll(async () => {
    shelf = await stockReleases("1.30.1");
    // What this machine has there is large, and no matter.
    host = await createHost({ bind: shelf.bind, without: [bin] });
  });
  afterAll(() => host?.destroy());
  beforeEach(() => host.script(`umount ${bin} 2>/dev/null || true; rm -rf ${bin}; mkdir -m 755 ${bin}`));

  const install = async (...more: readonly string[]) => {
    const run = await host.readygo(["install", ...shelf.words("1.30.1"), "--no-verify", "--json", ...more]);
    return { ...readJson(run), words: run.stderr };
  };
  const uninstall = async (): Promise<void> => {
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
  };
  /** `-> TARGET` of links, the kind of anything else. */
  const look = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...host.snapshot([bin])].map(([path, { kind, target, mode }]) => [
        path.slice(bin.length + 1) || ".",
        kind === "link" ? `-> ${target}` : `${kind} ${mode.toString(8)}`,
      ]),
    );
  const ours = { go: "-> ../go/bin/go", gofmt: "-> ../go/bin/gofmt" };

  it.each([
    ["nothing", "true", {}],
    ["a dangling link", `ln -s /opt/gone/go ${bin}/go`, { go: "-> /opt/gone/go" }],
    [
      "links to another Go",
      `ln -s /opt/go/bin/go ${bin}/go; ln -s ../lib/gofmt ${bin}/gofmt`,
      { go: "-> /opt/go/bin/go", gofmt: "-> ../lib/gofmt" },
    ],
  ])("replaces %s, and uninstall and --no-links give it back", async (_, make, before) => {
    await host.script(make);
    expect((await install()).error).toBeNull();
    expect(look()).toEqual({ ".": "directory 755", ...ours });
    expect((await install()).status).toBe("unchanged");
    expect((await install("--no-links")).error).toBeNull();
    expect(look()).toEqual({ ".": "directory 755", ...before });
    expect((await install()).error).toBeNull();
    await uninstall();
    expect(look()).toEqual({ ".": "directory 755", ...before });
  });

  it("makes the directory where it is absent, and takes it away with the last link", async () => {
    for (const end of [() => install("--no-links"), uninstall]) {
      await host.script(`rm -rf ${bin}`);
      await install();
      expect(look()).toEqual({ ".": "directory 755", ...ours });
      await end();
      expect(host.exists(bin)).toBe(false);
    }
    await uninstall();
  });

  it("leaves a file that is no link, and names it", async () => {
    host.write(`${bin}/go`, "#!/bin/sh\necho mine\n", 0o755);
    const { error, words } = await install();
    expect(error).toBeNull();
    expect(words).toContain(`${bin}/go is a file, and stays`);
    expect(look()).toEqual({ ".": "directory 755", go: "file 755", gofmt: ours.gofmt });
    await uninstall();
    expect(look()).toEqual({ ".": "directory 755", go: "file 755" });
  });

  it.each([
    ["others may write it", `chmod 775 ${bin}`, "can be written by others than root (owner 0, mode 775)"],
    ["it is a link", `rm -r ${bin}; mkdir -p /opt/bin; ln -s /opt/bin ${bin}`, "is a link to /opt/bin"],
    [
      "it is mounted read-only",
      `mount -t tmpfs -o ro,mode=755 none ${bin}`,
      "cannot be written: it is mounted read-only",
    ],
  ])("makes none where %s: a warning, and no error", async (_, make, why) => {
    await host.script(make);
    const { error, words } = await install();
    expect(error).toBeNull();
    expect(words).toContain(`no link to Go is made in ${bin}: it ${why}`);
    expect([host.exists(`${bin}/go`), host.exists("/opt/bin/go")]).toEqual([false, false]);
    expect((await install()).status).toBe("unchanged");
    await uninstall();
  });

  it("leaves what somebody has put in a link's place", async () => {
    await install();
    await host.script(`ln -sfn /opt/theirs/go ${bin}/go`);
    await uninstall();
    expect(look()).toEqual({ ".": "directory 755", go: "-> /opt/theirs/go" });
  });
});
