import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease, type LabArchive, type RawEntry } from "../lab/releases/releases.ts";
import type { SnapshotEntry } from "../lab/hosts/snapshot.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Each is refused with its exit code and a remedy to paste, and the host stays byte for byte as it was.
describe("bad input", () => {
  const places = ["/usr/local", "/etc", "/root", "/home", "/var/lib/readygo", "/run"];
  let host: LabHost;
  let mirror: Mirror;
  let release: LabArchive;
  let before: Map<string, SnapshotEntry>;
  let kept: readonly string[] = [];

  beforeAll(async () => {
    host = await createHost();
    await host.addUser("alice");
    release = await makeSmallRelease("1.30.1");
    mirror = await host.startMirror({ releases: [release] });
    before = host.snapshot(places);
  });
  // One that fails must not make the next ones fail.
  afterEach(async () => {
    await mirror.setFaults({});
    await mirror.setReleases([release]);
  });
  afterAll(() => host?.destroy());

  async function refuse(
    args: readonly string[],
    code: string,
    exit: number,
    user?: string,
  ): Promise<{ summary: string; remedy: readonly string[] }> {
    const run = await host.readygo([...args, "--json"], user === undefined ? {} : { user });
    const { error, status, changes } = readJson(run);
    expect([run.status, status, error?.code, error?.exit, changes]).toEqual([exit, "failed", code, exit, []]);
    expect(error?.remedy.length).toBeGreaterThan(0);
    // What came of an archive is kept for the next run to go on from (docs/download.md).
    const now = new Map([...host.snapshot(places)].filter(([path]) => !kept.includes(path)));
    // A directory that had an entry for a while has another mtime.
    const timeless = (entries: Map<string, SnapshotEntry>): unknown =>
      [...entries].map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]);
    expect(timeless(now)).toEqual(timeless(before));
    if (error === null) throw new Error("no error");
    return error;
  }

  it.each([
    [
      "a directory",
      "mkdir -p /tmp/app && echo 'go 1.30' >/tmp/app/go.mod",
      "/tmp/app",
      "is a directory",
      "readygo install /tmp/app/go.mod",
    ],
    ["a FIFO", "mkdir -p /tmp/fifo && mkfifo /tmp/fifo/go.mod", "/tmp/fifo/go.mod", "is no regular file", "VERSION"],
    ["nothing", "true", "/tmp/gone/go.mod", "there is no file", "VERSION"],
  ])("%s given as a version file is called that", async (_what, make, file, summary, remedy) => {
    await host.script(make);
    const told = await refuse(["plan", file], "version-file", 2);
    expect([told.summary, told.remedy[0]]).toEqual([expect.stringContaining(summary), expect.stringContaining(remedy)]);
  });

  it("a version comes by stdin, and a conflict in it is refused", async () => {
    const ask = async (input: string) => readJson(await host.readygo(["plan", "-", "--json"], { input }));
    expect(await ask("module m\n\ngo 1.30.1\n")).toMatchObject({ status: "planned", version: "go1.30.1", error: null });
    expect((await ask("<<<<<<< a\ngo 1.30.1\n")).error?.summary).toBe("stdin has a merge conflict in line 1");
  });

  const archiveUrl = (): string => `dl.google.com/go/${release.filename}`;

  it("a hash that is not the archive's", async () => {
    const wrong = "0".repeat(64);
    const { summary, remedy } = await refuse(["install", "1.30.1", "--sha256", wrong], "checksum-mismatch", 5);
    // The hash may be what is wrong: no proxy is blamed.
    expect(summary).toBe(`the ${release.filename} that came is not the one that --sha256 names`);
    expect(remedy).toEqual([`hold both hashes against that of ${release.filename} at https://go.dev/dl/`]);
  });

  it("an archive with one bit turned over; no other source is asked for a better answer", async () => {
    await mirror.setFaults({ [archiveUrl()]: { corruptByteAt: 5000 } });
    await mirror.forgetRequests();
    await refuse(["install", "1.30.1"], "checksum-mismatch", 5);
    expect((await mirror.requests()).filter(({ url }) => url.endsWith(".zip"))).toEqual([]);
    await mirror.setFaults({});
  });

  it("an archive that is cut off", async () => {
    await mirror.setFaults({ [archiveUrl()]: { cutAfterBytes: 20_000 } });
    kept = [
      "/usr/local/.readygo",
      ...["", "/archive.part", "/archive.json"].map((name) => `/usr/local/.readygo/partial${name}`),
    ];
    await refuse(["install", "1.30.1", "--source", "publisher"], "sources-failed", 4);
    kept = [];
    await host.must(["rm", "-r", "/usr/local/.readygo"]);
    await mirror.setFaults({});
  });

  it("a shorter archive that is served as if it were whole", async () => {
    host.write("/srv/short/go1.30.1.linux-amd64.tar.gz", readFileSync(release.path).subarray(0, 20_000));
    await refuse(["install", "1.30.1", "--source", "/srv/short"], "checksum-mismatch", 5);
  });

  it("an HTML page with status 200", async () => {
    await mirror.setFaults({ [archiveUrl()]: { html200: true } });
    const { summary } = await refuse(["install", "1.30.1", "--source", "publisher"], "sources-failed", 4);
    expect(summary).toContain("no source could deliver go1.30.1");
    await mirror.setFaults({});
  });

  it.each([
    ["an entry above the tree", { name: "go/../../../etc/cron.d/evil", type: "file", content: "x" }],
    ["an absolute entry", { name: "/etc/cron.d/evil", type: "file", content: "x" }],
    ["a link that leads out", { name: "go/src/out", type: "symlink", target: "/etc" }],
    ["a hard link that leads out", { name: "go/src/out", type: "link", target: "/etc/shadow" }],
    ["a device", { name: "go/src/device", type: "device" }],
  ] as readonly (readonly [string, RawEntry])[])(
    "an archive with %s, though its hash is the stated one",
    async (_what, entry) => {
      const hostile = await makeSmallRelease("1.30.1", { rawEntries: [entry] });
      await mirror.setReleases([hostile]);
      await refuse(["install", "1.30.1"], "archive-hostile", 5);
      await mirror.setReleases([release]);
    },
  );

  it("a version that does not exist: the nearest are named", async () => {
    const { remedy } = await refuse(["install", "1.30.7"], "version-unknown", 2);
    expect(remedy[0]).toBe("readygo install 1.30.1");
  });

  it("a word that is no version", async () => {
    const { remedy } = await refuse(["install", "v1.30.1"], "version-invalid", 2);
    expect(remedy[0]).toBe("readygo install 1.30.1");
  });

  it("no rights", async () => {
    const { remedy } = await refuse(["install", "1.30.1"], "rights-missing", 3, "alice");
    expect(remedy[0]).toBe("sudo readygo install 1.30.1 --json");
  });

  it("an unknown option: the nearest is named", async () => {
    const { summary } = await refuse(["install", "--souce", "x"], "usage", 2);
    expect(summary).toBe("there is no option --souce");
  });

  it("a bound that is none: no check could pass", async () => {
    const { summary } = await refuse(["verify", "--timeout", "0"], "usage", 2);
    expect(summary).toBe('--timeout takes a number of seconds from 1 to 999999, not "0"');
  });

  it("a list of hosts to ask without a proxy that has something else in it", async () => {
    const { summary } = await refuse(["install", "--noproxy", "go.dev,https://dl.google.com"], "usage", 2);
    expect(summary).toBe(
      "--noproxy takes a list of hosts, .domains, addresses and networks, each with or without :PORT",
    );
  });

  it("the command is named in --json also where an option's value comes before it", async () => {
    const run = await host.readygo(["--wait", "5", "install", "--souce", "x", "--json"]);
    expect([run.status, readJson(run).command]).toEqual([2, "install"]);
  });

  it("a directory where a file is meant", async () => {
    for (const words of [
      ["plan", "/srv"],
      ["cloud-init", "/srv/"],
    ])
      expect((await refuse(words, "version-file", 2)).summary).toMatch(/^\/srv\/? is a directory, not a version file/);
    expect((await refuse(["plan", "--config", "/srv"], "config-invalid", 2)).summary).toBe("there is no file /srv");
  });

  it("a version file that the user cannot read", async () => {
    host.write("/srv/private/go.mod", "go 1.30\n", 0o600);
    for (const command of ["sources", "cloud-init"]) {
      const { summary } = await refuse([command, "/srv/private/go.mod"], "version-file", 2, "alice");
      expect(summary).toBe("/srv/private/go.mod cannot be read");
    }
  });

  it.each([
    ["is not there", "/srv/nowhere", "it does not exist"],
    ["is a file, and no archive", "/etc/hostname", "it is no directory"],
    ["cannot be read", "/root", "it cannot be read"],
  ])("a directory as a source that %s", async (_what, path, why) => {
    const run = await host.readygo(["sources", "--source", path, "--json"], { user: "alice" });
    const { error } = readJson(run);
    expect([run.status, error?.code, error?.details]).toEqual([4, "sources-failed", { [path]: why }]);
  });

  it("an architecture that is not this host's", async () => {
    await refuse(["install", "1.30.1", "--arch", "arm64"], "arch-unsupported", 3);
  });

  it("an archive for another architecture under this one's name", async () => {
    const foreign = await makeSmallRelease("1.30.1", { arch: "arm64" });
    host.write("/srv/foreign/go1.30.1.linux-amd64.tar.gz", readFileSync(foreign.path));
    await refuse(["install", "1.30.1", "--source", "/srv/foreign", "--sha256", foreign.sha256], "tree-wrong", 5);
  });

  it("an archive that nothing proves", async () => {
    const other = await makeSmallRelease("1.30.2");
    host.write(`/srv/unknown/${other.filename}`, readFileSync(other.path));
    const { remedy } = await refuse(["install", "1.30.2", "--source", "/srv/unknown"], "checksum-unknown", 5);
    expect(remedy[0]).toMatch(/^readygo install 1\.30\.2 --sha256 HASH/);
  });

  it("a broken readygo.ini", async () => {
    host.write("/srv/broken.ini", "[source]\nordr = goproxy\n");
    const { summary } = await refuse(["install", "1.30.1", "--config", "/srv/broken.ini"], "config-invalid", 2);
    expect(summary).toBe("there is no key ordr in [source]; the nearest is order in [source]");
  });

  it("an image that is not what it should be: what is said to be done is done to the image", async () => {
    host.write("/srv/image/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    const image = ["--root", "/srv/image"];
    expect(await refuse(["verify", ...image], "verify-failed", 7)).toMatchObject({
      remedy: ["readygo install --root /srv/image"],
    });
    expect(await refuse(["install", "1.30.1", "--arch", "amd64", ...image], "host-unreadable", 3)).toMatchObject({
      summary: "/srv/image/usr does not exist",
      remedy: ["install -d -m 755 /srv/image/usr"],
    });
    const { remedy } = await refuse(["install", "1.30.7", "--arch", "amd64", ...image], "version-unknown", 2);
    expect(remedy[0]).toBe("readygo install --root /srv/image 1.30.1");
  });

  it("a mount point at /usr/local/go", async () => {
    await host.script("mkdir /usr/local/go && mount -t tmpfs tmpfs /usr/local/go");
    const run = await host.readygo(["install", "1.30.1", "--json"]);
    expect([run.status, readJson(run).error?.code]).toEqual([3, "mount-in-the-way"]);
    await host.script("umount /usr/local/go && rmdir /usr/local/go");
  });
});
