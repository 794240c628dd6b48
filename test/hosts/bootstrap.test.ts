import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeCertificates } from "../lab/servers/certificates.ts";
import type { CommandResult } from "../lab/hosts/command.ts";
import { checkout } from "../lab/suite/lab-cache.ts";
import { releaseName } from "../lab/servers/mirror-protocol.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { releaseBase, releaseTlsBase, startReleaseServer } from "../lab/servers/release-server.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost, withHost } from "../lab/hosts/throw-away-host.ts";

// The bootstrap of a release, made from these sources, beside what it is served with. Hosts are bare Debian.
let files: string;
let text: string;
beforeAll(async () => {
  files = await releaseFiles();
  text = readFileSync(join(files, "bootstrap.sh"), "utf8");
});

it("is clean for shellcheck and for every sh that Ubuntu has had", () => {
  const script = join(checkout, "scripts/bootstrap.sh");
  expect(execFileSync("shellcheck", ["--shell=sh", script, join(files, "bootstrap.sh")], { encoding: "utf8" })).toBe(
    "",
  );
  for (const shell of [["dash"], ["bash", "--posix"]] as const) {
    const [command, ...options] = shell;
    expect(execFileSync(command, [...options, "-n", script], { encoding: "utf8", stdio: "pipe" })).toBe("");
  }
});

describe("cut off in transit", () => {
  it("does nothing, wherever it was cut off", async () => {
    await withHost({ lower: "minbase" }, async (host) => {
      host.write("/opt/bootstrap.sh", text);
      // Whatever it might start is seen, and is all that it can find.
      const watched = [
        "apt-get",
        "chmod",
        "curl",
        "dpkg",
        "id",
        "mkdir",
        "mktemp",
        "mv",
        "rm",
        "sed",
        "stat",
        "sudo",
        "timeout",
        "wget",
      ];
      for (const name of watched)
        host.write(`/opt/watch/${name}`, `#!/bin/sh\necho ${name} >>/opt/started\nexit 1\n`, 0o755);
      const places = ["/etc", "/opt", "/root", "/tmp", "/usr/local", "/var"];
      const before = host.snapshot(places);
      // Every 100th byte, and each of the last 40: there it comes closest to a whole.
      const tried = await host.script(
        `size=$(wc -c </opt/bootstrap.sh); n=0
         for cut in $(seq 0 100 "$size") $(seq $((size - 40)) $((size - 3))); do
           head -c "$cut" /opt/bootstrap.sh | env PATH=/opt/watch /bin/sh -s -- 1.30.1 2>/dev/null || true
           n=$((n + 1))
         done; echo "$n"`,
      );
      expect(tried.stdout.trim()).toBe(String(Math.floor(text.length / 100) + 1 + 38));
      expect(host.exists("/opt/started")).toBe(false);
      expect(host.snapshot(places)).toEqual(before);
      await host.run(["env", "PATH=/opt/watch", "/bin/sh", "-s", "--", "1.30.1"], { input: text });
      // What it says goes through sed, and so does the address in it.
      expect(host.read("/opt/started")).toBe("sed\nsed\n");
    });
  });
});

describe("on a host with curl and sudo", () => {
  let host: LabHost;
  let stop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    host = await createHost({ lower: "server" });
    await host.addUser("alice");
    await host.addUser("bob");
    host.write("/etc/sudoers.d/alice", "alice ALL=(ALL) NOPASSWD: ALL\n", 0o440);
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
  });
  afterEach(async () => await stop?.());
  afterAll(() => host?.destroy());
  const line = (more: string): string[] => [
    "bash",
    "-o",
    "pipefail",
    "-c",
    `curl -fsSL ${releaseBase}/bootstrap.sh | ${more}`,
  ];
  const serve = async (flip?: { path: string; byte: number }): Promise<readonly string[]> => {
    const server = await startReleaseServer(host, { "": files }, flip === undefined ? {} : { flip });
    stop = () => server.stop();
    return server.requests;
  };

  it("says with --dry-run what it would do, and does nothing", async () => {
    const requests = await serve();
    const before = host.snapshot(["/usr/local", "/tmp", "/var/tmp"]);
    const run = await host.must(line("sh -s -- 1.30.1 --dry-run"), { user: "bob" });
    expect(run.stderr).toMatch(/would fetch http:\S+\.gz \(\d+ bytes, sha256 [0-9a-f]{64}\) with curl\n/);
    expect(run.stderr).toContain("would run /usr/local/bin/readygo install 1.30.1\n");
    expect(requests).toEqual(["/bootstrap.sh"]);
    expect(host.snapshot(["/usr/local", "/tmp", "/var/tmp"])).toEqual(before);
  });

  it("never asks for a password where there is no terminal", async () => {
    await serve();
    const run = await host.run(line("sh -s -- 1.30.1"), { user: "bob", timeoutMs: 100_000 });
    expect([run.status, run.stderr]).toEqual([3, expect.stringContaining("sudo wants a password")]);
  });

  it("refuses what is not the release, and leaves nothing", async () => {
    const path = "/readygo-linux-amd64.gz";
    await serve({ path, byte: Math.floor(statSync(join(files, path)).size / 2) });
    const run = await host.run(line("sh -s -- 1.30.1"));
    expect([run.status, run.stderr]).toEqual([5, expect.stringContaining("is not what was released; nothing was run")]);
    expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("");
  });

  it("takes READYGO_BASE for a mirror and --proxy for the way to it", async () => {
    const requests = await serve();
    const words = `env READYGO_BASE=http://mirror.example/go sh -s -- 1.30.1 --proxy ${releaseBase}`;
    const run = await host.run(line(words));
    expect([run.status, run.stderr]).toEqual([4, expect.stringContaining("could not be fetched")]);
    expect(requests).toContain("http://mirror.example/go/readygo-linux-amd64.gz");
    const direct = await host.run(line("sh -s -- 1.30.1 --proxy http://127.0.0.1:9 --noproxy=127.0.0.1"));
    expect([direct.status, direct.stderr]).toEqual([4, expect.stringContaining("no source that could know go1.30.1")]);
    await host.must(["rm", "/usr/local/bin/readygo"]);
  });

  it("brings Go by one line, for the user who ran it, and leaves readygo alone behind", async () => {
    const requests = await serve();
    const run = await host.run(line(`sh -s -- ${pinRelease(await makeSmallRelease("1.30.1")).join(" ")} --no-color`), {
      user: "alice",
    });
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining("go1.30.1 linux/amd64 is installed")]);
    expect(requests).toEqual(["/bootstrap.sh", "/readygo-linux-amd64.gz"]);
    expect((await host.must(["su", "-", "alice", "-c", "go version"])).stdout).toBe(
      "go version go1.30.1 linux/amd64\n",
    );
    expect(host.read("/home/alice/.profile")).toContain("# >>> readygo >>>");
    const found = await host.must(["find", "/usr/local/bin", "/tmp", "/var/tmp", "-mindepth", "1"]);
    expect(found.stdout.trimEnd().split("\n").toSorted()).toEqual(
      ["go", "gofmt", "readygo"].map((name) => `/usr/local/bin/${name}`),
    );
  });

  it("reuses what is there, and changes nothing when run again", async () => {
    const requests = await serve();
    const before = host.snapshot(["/usr/local", "/etc", "/home", "/root", "/var/lib"]);
    const run = await host.must(line("sh -s -- 1.30.1"), { user: "alice" });
    expect(run.stdout).toContain("unchanged");
    expect(requests).toEqual(["/bootstrap.sh"]);
    expect(host.snapshot(["/usr/local", "/etc", "/home", "/root", "/var/lib"])).toEqual(before);
  });
});

it("takes --ca-file for a release server whose authority only that file knows", async () => {
  const release = await makeSmallRelease("1.30.1");
  const bind = [{ from: release.path, to: `/opt/archives/${release.filename}` }];
  await withHost({ lower: "server", bind }, async (host) => {
    host.write("/etc/hosts", `127.0.0.1 localhost ${releaseName}\n`);
    host.write("/opt/ca.pem", readFileSync((await makeCertificates()).authority));
    const server = await startReleaseServer(host, { "": files }, { isTls: true });
    const bring = async (...more: string[]): Promise<CommandResult> =>
      await host.run(["sh", "-s", "--", ...pinRelease(release), "--source", "/opt/archives", ...more], {
        input: text,
        env: { READYGO_BASE: releaseTlsBase },
      });
    try {
      const refused = await bring();
      expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining("or --ca-file")]);
      expect(server.requests).toEqual([]);
      const run = await bring("--ca-file", "/opt/ca.pem");
      expect([run.status, run.stdout]).toEqual([0, expect.stringContaining("go1.30.1 linux/amd64 is installed")]);
      expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("go\ngofmt\nreadygo\n");
    } finally {
      await server.stop();
    }
  });
});

it("puts what was built in a checkout at /usr/local/bin/readygo, runs it, and does neither again", async () => {
  await withHost({ lower: "minbase", bind: [{ from: checkout, to: "/opt/from" }] }, async (host) => {
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [], isSigning: false });
    // What `npm run build -- --single-file` makes is in the way of nobody else's build.
    await host.script(`mkdir -p /opt/checkout/dist; cd /opt/from
      cp -r src manifests scripts package.json package-lock.json /opt/checkout`);
    host.write("/opt/checkout/dist/readygo", gunzipSync(readFileSync(join(files, "readygo-linux-amd64.gz"))), 0o755);
    const words = [...pinRelease(await makeSmallRelease("1.30.1")), "--no-verify"];
    const run = await host.must(["/opt/checkout/scripts/bootstrap.sh", ...words]);
    expect(run.stdout).toContain("go1.30.1 linux/amd64 is installed");
    const look = async () => (await host.must(["stat", "-c", "%n %U %a %i", "/usr/local/bin/readygo"])).stdout;
    const put = await look();
    expect(put).toMatch(/^\/usr\/local\/bin\/readygo root 755 /);
    expect((await host.must(["/opt/checkout/scripts/bootstrap.sh", ...words])).stdout).toContain("unchanged");
    expect(await look()).toBe(put);
    // By its name, as every hint has it.
    expect((await host.must(["bash", "-lc", "readygo list --json"])).stdout).toContain("go1.30.1");
    const gone = await host.must(["bash", "-lc", "readygo uninstall --self"]);
    expect(gone.stdout).toContain("/usr/local/bin/readygo is gone");
    expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("");
  });
});

it("leaves what somebody else has put in the place of readygo", async () => {
  await withHost({ lower: "minbase" }, async (host) => {
    await host.script("ln -s ../lib/node_modules/readygo/dist/readygo.mjs /usr/local/bin/readygo");
    const run = await host.readygo(["uninstall", "--self"]);
    expect([run.status, run.stderr]).toEqual([0, expect.stringContaining("it is left alone")]);
    expect((await host.must(["readlink", "/usr/local/bin/readygo"])).stdout).toContain("node_modules");
  });
});
