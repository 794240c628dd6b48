import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { waitFor } from "../lab/suite/wait-for.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// What somebody else has put where readygo looks or writes.
describe("odd places", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  beforeAll(async () => {
    shelf = await stockReleases("1.30.1");
    host = await createHost({ bind: shelf.bind });
    await host.addUser("alice");
    await host.script("cp -a /root /srv/root");
  });
  afterEach(() =>
    host.script(`
      rm -rf /usr/local/go /usr/local/bin/go /usr/local/bin/gofmt /usr/local/.readygo
      rm -rf /var/lib/readygo /run/readygo /etc/profile.d/readygo.sh /root
      cp -a /srv/root /root`),
  );
  afterAll(() => host?.destroy());

  const run = async (...args: readonly string[]) =>
    readJson(await host.readygo([...args, "--json"], { timeoutMs: 100_000 }));
  const plan = () => run("plan", ...shelf.words("1.30.1"));
  const install = (...more: readonly string[]) => run("install", ...shelf.words("1.30.1"), "--no-verify", ...more);

  it.each(["/nonexistent/x", "/etc/shadow"])("refuses a link to %s at its profile, and leaves it", async (target) => {
    await host.script(`ln -s ${target} /etc/profile.d/readygo.sh`);
    expect((await plan()).error).toMatchObject({ code: "place-unsafe", exit: 3 });
    expect((await install()).error).toMatchObject({ code: "place-unsafe", exit: 3 });
    expect(host.snapshot(["/etc/profile.d/readygo.sh"]).get("/etc/profile.d/readygo.sh")).toMatchObject({
      kind: "link",
      target,
    });
  });

  it.each(["VERSION", "go.env", "bin/go"])("does not wait for a FIFO at %s of a foreign tree", async (name) => {
    await host.script(`mkdir -p /usr/local/go/bin && mkfifo /usr/local/go/${name}`);
    expect((await plan()).status).toBe("planned");
    expect((await install()).status).toBe("changed");
  });

  it.each([
    "ln -s VERSION /usr/local/go/VERSION",
    "mkdir /usr/local/go/VERSION",
    "ln -s /dev/zero /usr/local/go/VERSION",
  ])("takes a tree with an odd VERSION for no release: %s", async (make) => {
    await host.script(`mkdir -p /usr/local/go && ${make}`);
    expect((await install()).status).toBe("changed");
  });

  it("gives an admin's own profile back, also after it was installed over twice", async () => {
    host.write("/etc/profile.d/readygo.sh", "# the admin's own\n");
    await install();
    host.write("/etc/profile.d/readygo.sh", "echo changed\n");
    await install();
    expect((await run("uninstall")).status).toBe("changed");
    expect(host.read("/etc/profile.d/readygo.sh")).toBe("# the admin's own\n");
  });

  it("keeps what somebody added below its profile", async () => {
    await install();
    host.write("/etc/profile.d/readygo.sh", `${host.read("/etc/profile.d/readygo.sh")}export MINE=1\n`);
    expect((await install()).status).toBe("unchanged");
    await run("uninstall");
    expect(host.read("/etc/profile.d/readygo.sh")).toBe("export MINE=1\n");
  });

  it("finds its way back without its receipt: the first Go and every rc file", async () => {
    await host.script(
      "mkdir -p /usr/local/go/bin; echo go1.19.5 >/usr/local/go/VERSION; echo theirs >/usr/local/go/bin/go",
    );
    const rcFile = host.read("/root/.bashrc");
    await install();
    host.write("/var/lib/readygo/receipt.json", "{");
    expect((await plan()).error).toMatchObject({ code: "state-invalid", exit: 6 });
    await host.script("mv /var/lib/readygo/receipt.json /root/aside");
    expect((await install()).status).toBe("changed");
    await run("uninstall");
    expect(host.read("/usr/local/go/bin/go")).toBe("theirs\n");
    expect(host.read("/root/.bashrc")).toBe(rcFile);
    expect(host.exists("/etc/profile.d/readygo.sh")).toBe(false);
  });

  it("has no password in its lock, nor in what it says", async () => {
    const release = await makeSmallRelease("1.30.1");
    await host.startMirror({
      releases: [release],
      modules: [],
      faults: { [`dl.google.com/go/${release.filename}`]: { stallAfterBytes: 1000 } },
    });
    const run = host.spawnReadygo(["install", "1.30.1", "--no-verify", "--source", "https://user:hunter2@go.dev/dl"]);
    await waitFor("the lock", () => host.exists("/run/readygo/lock"));
    const lock = host.read("/run/readygo/lock");
    await run.kill("SIGTERM");
    const { stdout, stderr } = await run.exited;
    expect(lock).toContain("--source https://***@go.dev/dl");
    expect(lock + stdout + stderr).not.toContain("hunter2");
  });

  it("takes a garbled lock for nobody's, and refuses one in a directory that others may enter", async () => {
    await host.script("mkdir -m 700 /run/readygo && echo garbage >/run/readygo/lock");
    expect((await install()).status).toBe("changed");
    await host.script("mkdir -p /run/readygo && touch /run/readygo/x && chmod 777 /run/readygo");
    expect((await run("uninstall")).error).toMatchObject({ code: "place-unsafe", exit: 3 });
  });

  it("fails verify where its tree manifest is gone, and leaves an unfinished run to install", async () => {
    await install();
    await host.script("rm /var/lib/readygo/tree.manifest");
    const verified = await run("verify");
    expect(verified.error).toMatchObject({ code: "verify-failed", remedy: ["readygo install go1.30.1 --repair"] });
    expect((await install("--repair")).status).toBe("changed");
    host.write(
      "/var/lib/readygo/journal",
      `${JSON.stringify({ kind: "begin", id: "20260101T000000000Z", command: "install", at: "2026-01-01T00:00:00.000Z" })}\n`,
      0o600,
    );
    expect((await run("verify")).error).toMatchObject({ code: "run-unfinished", exit: 7 });
    expect(host.exists("/var/lib/readygo/journal")).toBe(true);
    expect((await install()).status).toBe("unchanged");
    expect(host.exists("/var/lib/readygo/journal")).toBe(false);
  });

  it("builds nothing in a TMPDIR that somebody else could rename", async () => {
    await install();
    const verified = await host.readygo(["verify", "--json"], { env: { TMPDIR: "/home/alice" } });
    expect(readJson(verified).error).toBeNull();
    expect(
      await host.readygo(["verify", "--json"], { env: { TMPDIR: "/nonexistent" } }).then((result) => result.status),
    ).toBe(0);
  });
});

describe("odd command lines", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await createHost();
  });
  afterAll(() => host?.destroy());

  it.each([
    ["plan", "--user"],
    ["plan", "--source"],
    ["install", "--user", "--json"],
    ["--", "install"],
    ["install", ""],
    [],
  ])("is a usage error, and no bug: readygo %s %s %s", async (...args) => {
    const run = await host.readygo(args.filter((word) => word !== undefined));
    expect(run.status).toBe(2);
    expect(run.stdout + run.stderr).not.toContain("    at ");
  });

  it.each(["[go.version]\nx = 1\n", "[go]\nversion = 1.27\nversion = 1.26\n", "[go]\nversion\n"])(
    "is a wrong configuration: %j",
    async (text) => {
      host.write("/srv/readygo.ini", text);
      expect(readJson(await host.readygo(["plan", "--config", "/srv/readygo.ini", "--json"])).error).toMatchObject({
        code: "config-invalid",
        exit: 2,
      });
    },
  );
});
