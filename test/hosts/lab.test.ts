import { execFileSync, spawn } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkout, labCache } from "../lab/suite/lab-cache.ts";
import { findGo, findOfficialTree, listOtherGos } from "../lab/releases/machine-go.ts";
import type { Mirror } from "../lab/servers/mirror.ts";
import type { Fault } from "../lab/servers/mirror-protocol.ts";
import { type LabArchive, makeSmallRelease, officialRelease, publishedSha256 } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { createHost, type LabHost, withHost } from "../lab/hosts/throw-away-host.ts";
import { makeUbuntuLike } from "../lab/hosts/ubuntu-like.ts";

describe("a throw-away host", () => {
  test("changes nothing of this machine, whatever is done in it as root", async () => {
    const watched = ["/etc/hosts", "/etc/passwd", "/root/.bashrc", "/usr/local", "/home", "/opt"];
    const look = (): unknown[] => watched.map(describePath);
    const before = [look(), execFileSync("hostname", { encoding: "utf8" })];

    const inside = await withHost({}, async (host) => {
      await host.addUser("alice");
      await host.script(`
        mv /usr/local/src /usr/local/gone
        echo changed | tee /root/.bashrc /etc/hosts /usr/local/new /opt/new
        hostname something-else
        mkdir -p /usr/local/go && echo go9.9.9 >/usr/local/go/VERSION
      `);
      return {
        hostname: (await host.must(["hostname"])).stdout,
        version: host.read("/usr/local/go/VERSION"),
        alice: (await host.must(["id", "--user", "--name"], { user: "alice" })).stdout,
        bashrc: host.read("/root/.bashrc"),
      };
    });

    expect(inside).toEqual({
      hostname: "something-else\n",
      version: "go9.9.9\n",
      alice: "alice\n",
      bashrc: "changed\n",
    });
    expect([look(), execFileSync("hostname", { encoding: "utf8" })]).toEqual(before);
  });

  test("cannot be made in a chroot, whose commands would end up on this machine", async () => {
    const options = { LAB_MOUNT: "/mnt", LAB_LOWER: "/", LAB_OPTIONS: "redirect_dir=off", LAB_SIZE: "64m" };
    const others = { LAB_HOSTNAME: "lab", LAB_WITHOUT: "", LAB_FRESH_PEOPLE: "no", LAB_BINDS: "", LAB_LOOPBACK: "no" };
    const inChroot = 'mount --rbind / "$1"; exec chroot "$1" bash "$2" 3>&2';
    const tried = await withHost({ bind: [{ from: checkout, to: "/opt/checkout" }] }, (host) =>
      host.run(
        ["unshare", "--mount", "--uts", "--pid", "--fork", "--", "bash", "-euc", inChroot, "-", "/srv", "/opt/checkout/test/lab/hosts/make-host.sh"], // prettier-ignore
        { env: { ...options, ...others } },
      ),
    );

    expect([tried.status, tried.stderr]).toEqual([1, expect.stringContaining("this is a chroot")]);
  });

  test("has none of this machine's people", async () => {
    await withHost({}, async (host) => {
      const people = host.read("/etc/passwd").split("\n").filter((line) => Number(line.split(":")[2]) >= 1000); // prettier-ignore
      const homes = await host.must(["ls", "/home"]);

      expect([people.map((line) => line.split(":")[0]), homes.stdout]).toEqual([["nobody"], ""]);
    });
  });

  test("starts without a Go, and with the distribution's own files in root's home", async () => {
    await withHost({}, async (host) => {
      const { stdout } = await host.must(["ls", "-A", "/root"]);

      expect(host.exists("/usr/local/go")).toBe(false);
      expect(stdout).toBe(".bashrc\n.profile\n");
      expect(host.read("/root/.bashrc")).toBe(readFileSync("/usr/share/base-files/dot.bashrc", "utf8"));
    });
  });

  test("has no network but loopback, and counts what is sent over it", async () => {
    await withHost({}, async (host) => {
      const devices = await host.must(["cat", "/proc/net/dev"]);
      const before = host.loopbackBytes();
      await host.run(["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9"]);

      expect(devices.stdout.match(/^\s*\S+:/gm)?.map((name) => name.trim())).toEqual(["lo:"]);
      expect(before).toBe(0);
      expect(host.loopbackBytes()).toBeGreaterThan(0);
    });
  });

  test("runs commands in a clean environment, as any user, with a bound", async () => {
    await withHost({}, async (host) => {
      await host.addUser("alice");

      const environment = await host.must(["env"]);
      const asAlice = await host.must(["sh", "-c", 'cat; echo " $HOME $X"; id -nG; pwd'], {
        user: "alice",
        input: "hello",
        env: { X: "1", LOGNAME: undefined },
        cwd: "/tmp",
      });
      const killed = await host.run(["sh", "-c", "kill -TERM $$"]);
      const bounded = await host.run(["sh", "-c", "sleep 60 & sleep 60"], { timeoutMs: 200 });
      const left = await host.run(["pgrep", "--full", "--exact", "sleep 60"]);

      expect(environment.stdout.trim().split("\n").toSorted()).toEqual([
        "HOME=/root",
        "LOGNAME=root",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "USER=root",
      ]);
      expect(asAlice.stdout).toBe("hello /home/alice 1\nalice\n/tmp\n");
      expect([killed.status, killed.signal]).toEqual([null, "SIGTERM"]);
      expect([bounded.isTimedOut, bounded.signal]).toEqual([true, "SIGKILL"]);
      expect(left.status).toBe(1);
    });
  });

  test("lets a test signal a running command", async () => {
    await withHost({}, async (host) => {
      const running = host.spawn(["sh", "-c", 'trap "echo caught; exit 7" INT; echo up; while :; do sleep 0.01; done']);
      await new Promise((resolve) => running.stdout.once("data", resolve));
      await running.kill("SIGINT");

      expect(await running.exited).toMatchObject({ status: 7, signal: null, stdout: "up\ncaught\n" });
    });
  });

  test("tells a snapshot of its files by bytes, mode, owner, time and link target", async () => {
    await withHost({}, async (host) => {
      host.write("/srv/tree/a", "one\n", 0o640);
      await host.script("ln -s a /srv/tree/link; touch --date=@1000000000 /srv/tree/a");
      const before = host.snapshot(["/srv/tree", "/srv/absent"]);
      await host.script("printf 'two\\n' >/srv/tree/a; touch --date=@1000000000 /srv/tree/a");
      const after = host.snapshot(["/srv/tree", "/srv/absent"]);

      expect([...before.keys()]).toEqual(["/srv/tree", "/srv/tree/a", "/srv/tree/link"]);
      expect(before.get("/srv/tree/a")).toEqual({
        kind: "file",
        mode: 0o640,
        uid: 0,
        gid: 0,
        size: 4,
        mtimeNs: "1000000000000000000",
        sha256: "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806",
        target: "",
      });
      expect(before.get("/srv/tree/link")).toMatchObject({ kind: "link", target: "a" });
      expect(after.get("/srv/tree/a")?.sha256).not.toBe(before.get("/srv/tree/a")?.sha256);
      expect(new Map([...after].filter(([path]) => path !== "/srv/tree/a"))).toEqual(
        new Map([...before].filter(([path]) => path !== "/srv/tree/a")),
      );
    });
  });

  test("follows links inside itself and not to this machine", async () => {
    await withHost({}, async (host) => {
      host.write("/srv/real/file", "the host's\n");
      await host.script("ln -s /srv/real /srv/alias; ln -s /srv/alias/file /srv/entry");

      expect(host.path("/srv/alias/file")).toBe(`/proc/${host.initPid}/root/srv/real/file`);
      expect(host.read("/srv/entry")).toBe("the host's\n");
      expect(existsSync("/srv/real")).toBe(false);
    });
  });

  const attempts = {
    rename: 'rename("/usr/local/src", "/usr/local/src.old")',
    exchange: '0 == syscall(316, -100, my $new = "/usr/local/new", -100, my $old = "/usr/local/src", 2)',
  };

  test.each([
    { overlay: "redirect", attempt: "rename", answer: "done" },
    { overlay: "redirect", attempt: "exchange", answer: "done" },
    { overlay: "plain", attempt: "rename", answer: "Invalid cross-device link" },
    { overlay: "plain", attempt: "exchange", answer: "Invalid cross-device link" },
  ] as const)("answers a $attempt of a lower directory on overlay $overlay: $answer", async (tried) => {
    await withHost({ overlay: tried.overlay }, async (host) => {
      await host.must(["mkdir", "/usr/local/new"]);
      const result = await host.must(["perl", "-e", `print ${attempts[tried.attempt]} ? "done" : $!`]);

      expect(result.stdout).toBe(tried.answer);
    });
  });

  test("can have a disk too small", async () => {
    await withHost({ sizeMiB: 4 }, async (host) => {
      const result = await host.run(["dd", "if=/dev/zero", "of=/var/fill", "bs=1M", "count=8"]);

      expect(result.stderr).toContain("No space left on device");
    });
  });

  test("sees what is bound into it, read-only", async () => {
    await withHost({ bind: [{ from: checkout, to: "/checkout" }] }, async (host) => {
      const read = await host.must(["head", "-n", "2", "/checkout/package.json"]);
      const write = await host.run(["touch", "/checkout/new"]);

      expect(read.stdout).toBe('{\n  "name": "readygo",\n');
      expect(write.stderr).toContain("Read-only file system");
    });
  });

  test("runs the checkout's Node on a bare Debian root", async () => {
    await withHost({ lower: "minbase" }, async (host) => {
      const node = await host.must(["/opt/readygo/node", "--version"]);
      const absent = await host.run(["sh", "-c", "command -v curl || command -v node"]);

      expect(node.stdout).toBe(`${process.version}\n`);
      expect(absent.stdout).toBe("");
    });
  });

  test("can wear Ubuntu's name-plate and start-up files", async () => {
    await withHost({ lower: "minbase" }, async (host) => {
      await makeUbuntuLike(host, "24.04");
      const name = await host.must(["sh", "-c", '. /etc/os-release; echo "$ID $VERSION_ID $VERSION_CODENAME"']);
      await host.script("echo 'echo reached' >>/root/.bashrc");
      const login = await host.must(["bash", "-lc", "true"]);
      const interactive = await host.must(["bash", "-ic", "true"]);

      expect(name.stdout).toBe("ubuntu 24.04 noble\n");
      expect(host.snapshot(["/etc/os-release"]).get("/etc/os-release")?.kind).toBe("file");
      expect([login.stdout, interactive.stdout]).toEqual(["", "reached\n"]);
    });
  });

  test("is gone after destroy: no process, no mount, no directory", async () => {
    const before = outsideTraces();
    const host = await createHost();
    const mirror = await host.startMirror({ releases: [await makeSmallRelease("1.30.1")] });
    const running = host.spawn(["sleep", "1000"]);
    await running.pid();
    const network = networkOf(host.initPid);
    const during = processesIn(network);
    await host.destroy();
    await host.destroy();

    // unshare and process 1, nsenter and sleep, the mirror
    expect(during).toHaveLength(5);
    expect(processesIn(network)).toEqual([]);
    expect(outsideTraces()).toEqual(before);
    expect((await running.exited).signal).toBe("SIGKILL");
    await expect(mirror.requests()).rejects.toThrow("the mirror has ended");
  });

  test("is gone when the process that made it is killed", async () => {
    const before = outsideTraces();
    const program = `
      import { createHost } from ${JSON.stringify(join(checkout, "test/lab/hosts/throw-away-host.ts"))};
      const host = await createHost();
      await host.spawn(["sleep", "1000"]).pid();
      console.log(host.initPid);
      setInterval(() => {}, 1000);
    `;
    const maker = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const initPid = await new Promise<number>((resolve) => maker.stdout.once("data", (text) => resolve(Number(text))));
    const network = networkOf(initPid);
    const during = processesIn(network);
    maker.kill("SIGKILL");

    expect(during).toHaveLength(4);
    await expect.poll(() => processesIn(network), { timeout: 60_000 }).toEqual([]);
    expect(outsideTraces()).toEqual(before);
  });
});

describe("real releases", () => {
  test.for(["amd64", "arm64"] as const)("go1.26.8 for %s has the published hash", async (arch, context) => {
    const archive = await officialRelease("1.26.8", arch);
    if (findOfficialTree("1.26.8") === undefined && !archive.isPublished) {
      skipBecause(context, "there is no official go1.26.8 here nor a way to go.dev, and the module lacks four folders");
    }

    expect(archive.sha256).toBe(publishedSha256[archive.filename]);
    expect(execFileSync("sha256sum", [archive.path], { encoding: "utf8" })).toBe(
      `${archive.sha256}  ${archive.path}\n`,
    );
  });
});

describe("a real release on a machine that has no Go of that release", () => {
  let host: LabHost;
  let mirror: Mirror;
  beforeAll(async () => {
    // Bound, since a host sees no checkout that is below this machine's /tmp.
    host = await createHost({ without: listOtherGos(), bind: [{ from: checkout, to: "/opt/checkout" }] });
    mirror = await host.startMirror({ releases: [await officialRelease("1.26.8")] });
  });
  afterAll(() => host?.destroy());

  const program = `
    const { officialRelease } = await import("/opt/checkout/test/lab/releases/releases.ts");
    const { sha256, path } = await officialRelease("1.26.8");
    console.log(sha256, path);`;
  const release = (into: string) =>
    host.run(["/opt/readygo/node", "--input-type=module", "-e", program], { env: { READYGO_LAB_CACHE: into } });
  const filename = "go1.26.8.linux-amd64.tar.gz";

  test("is the publisher's archive, and never another in its place", async (context) => {
    if (!(await officialRelease("1.26.8")).isPublished)
      skipBecause(context, "there is no archive to serve as go.dev's");
    await mirror.setFaults({ [`dl.google.com/go/${filename}`]: { corruptByteAt: 5000 } });
    const refused = await release("/root/one");
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("is not what was published")]);
    await mirror.setFaults({});
    const { stdout } = await release("/root/one");
    expect(stdout).toBe(`${publishedSha256[filename]} /root/one/archives/${filename}-published/${filename}\n`);
  });
});

describe("the mirror", () => {
  let host: LabHost;
  let mirror: Mirror;
  let releases: LabArchive[];

  beforeAll(async () => {
    releases = [await officialRelease("1.26.8"), await officialRelease("1.27.4"), await makeSmallRelease("1.30.1")];
    host = await createHost({ goAtStart: "official" });
    mirror = await host.startMirror({ releases });
  });
  afterAll(async () => {
    await host.destroy();
  });

  const curl = async (...args: string[]): Promise<string> => (await host.must(["curl", "-sS", ...args])).stdout;

  test("serves archives by the publisher's redirect, over TLS that the host trusts", async () => {
    await mirror.forgetRequests();
    const file = "go1.26.8.linux-amd64.tar.gz";
    const hash = await host.script(`curl -fsSL https://go.dev/dl/${file} | sha256sum`);

    expect(hash.stdout).toBe(`${releases[0]?.sha256}  -\n`);
    expect((await mirror.requests()).map(({ host, url, status }) => `${status} ${host}${url}`)).toEqual([
      `302 go.dev/dl/${file}`,
      `200 dl.google.com/go/${file}`,
    ]);
    expect(await curl(`https://dl.google.com/go/${file}.sha256`)).toBe(releases[0]?.sha256);
  });

  test("lists releases in the publisher's shape: the newest two lines, or all", async () => {
    const two = JSON.parse(await curl("https://go.dev/dl/?mode=json")) as { version: string; files: unknown[] }[];
    const all = JSON.parse(await curl("https://go.dev/dl/?mode=json&include=all")) as { version: string }[];

    expect(two.map(({ version }) => version)).toEqual(["go1.30.1", "go1.27.4"]);
    expect(all.map(({ version }) => version)).toEqual(["go1.30.1", "go1.27.4", "go1.26.8"]);
    expect(two[0]?.files).toEqual([
      {
        filename: "go1.30.1.linux-amd64.tar.gz",
        os: "linux",
        arch: "amd64",
        version: "go1.30.1",
        sha256: releases[2]?.sha256,
        size: releases[2]?.size,
        kind: "archive",
      },
    ]);
  });

  test("answers a mistyped name as the publisher does: a page, with status 200", async () => {
    const answer = await curl("--include", "https://go.dev/dl/go1.26.8.linux-amd64.tar.gz.sha256");

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*content-type: text\/html[^]*<!DOCTYPE html>/);
  });

  test("answers ranges, and the whole when the archive is another one", async () => {
    const url = "https://dl.google.com/go/go1.26.8.linux-amd64.tar.gz";
    const headers = await curl("--include", "--range", "2-3", "--output", "/dev/null", "--dump-header", "-", url);
    const etag = /etag: (\S+)/.exec(headers)?.[1] ?? "";
    const statusWith = async (ifRange: string): Promise<string> =>
      await curl(
        "--range",
        "2-3",
        "--header",
        `If-Range: ${ifRange}`,
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
        url,
      );

    expect(headers).toContain(`content-range: bytes 2-3/${releases[0]?.size}`);
    expect(await statusWith(etag)).toBe("206");
    expect(await statusWith('"another"')).toBe("200");
  });

  test("satisfies the go command as module proxy and checksum database, from the proxy's and the publisher's address", async () => {
    const settings = `export PATH=${dirname(findGo())}:$PATH GOFLAGS=-modcacherw GOTOOLCHAIN=local; cd $(mktemp -d)`;
    const fromProxy = await host.script(
      `${settings}; go mod download golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64
       go mod init example.test/hello; go get rsc.io/quote@latest; go list -m rsc.io/quote`,
      { env: { GOPROXY: "https://goproxy.lab.test", GOPATH: "/var/tmp/proxy" } },
    );
    const fromPublisher = await host.script(
      `${settings}; go mod download -json golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64`,
      { env: { GOPROXY: "https://go.dev/dl/mod", GOPATH: "/var/tmp/publisher" } },
    );

    expect(fromProxy.stdout).toBe("rsc.io/quote v1.5.2\n");
    expect(JSON.parse(fromPublisher.stdout)).toMatchObject({ Sum: "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=" });
  });

  const archiveUrl = "https://go.dev/dl/go1.30.1.linux-amd64.tar.gz";
  const faults: readonly { what: string; fault: Fault; curlStatus: number; received: (size: number) => number }[] = [
    { what: "a status", fault: { status: 503 }, curlStatus: 0, received: () => "status 503\n".length },
    { what: "a cut", fault: { cutAfterBytes: 1000 }, curlStatus: 18, received: () => 1000 },
    { what: "a stall", fault: { stallAfterBytes: 1000 }, curlStatus: 28, received: () => 1000 },
    { what: "a reset", fault: { resetAfterBytes: 1000 }, curlStatus: 56, received: () => 1000 },
    { what: "another body", fault: { replaceBody: "x" }, curlStatus: 0, received: () => 1 },
    { what: "a flipped bit", fault: { corruptByteAt: 500 }, curlStatus: 0, received: (size) => size },
    { what: "a length too great", fault: { wrongContentLength: 5_000_000 }, curlStatus: 18, received: (size) => size },
    { what: "a length too small", fault: { wrongContentLength: 10 }, curlStatus: 0, received: () => 10 },
    { what: "no answer", fault: { down: true }, curlStatus: 56, received: () => 0 },
    { what: "nothing wrong", fault: {}, curlStatus: 0, received: (size) => size },
  ];

  test.each(faults)("does $what when told to", async ({ fault, curlStatus, received }) => {
    await mirror.setFaults({ "dl.google.com/go/go1.30.1.*": fault });
    const most = fault.stallAfterBytes === undefined ? "60" : "1";
    const result = await host.run(["curl", "-sSL", "--max-time", most, "--output", "/tmp/out", archiveUrl]);
    const size = host.exists("/tmp/out") ? lstatSync(host.path("/tmp/out")).size : 0;
    const hash = (await host.run(["sha256sum", "/tmp/out"])).stdout.slice(0, 64);
    await host.run(["rm", "-f", "/tmp/out"]);
    await mirror.setFaults({});

    const whole = releases[2]?.size ?? 0;
    expect([result.status, size]).toEqual([curlStatus, received(whole)]);
    expect(hash === releases[2]?.sha256).toBe(
      Object.keys(fault).length === 0 || fault.wrongContentLength === 5_000_000,
    );
  });

  test("lets a fault pass after its times", async () => {
    await mirror.setFaults({ "go.dev/dl/*": { status: 500, times: 2 } });
    const status = async (): Promise<string> =>
      await curl("--output", "/dev/null", "--write-out", "%{http_code}", "https://go.dev/dl/?mode=json");

    expect([await status(), await status(), await status()]).toEqual(["500", "500", "200"]);
  });

  test("is found by the mapped names only", async () => {
    await withHost({}, async (other) => {
      await other.startMirror({ releases: [], modules: [], names: ["goproxy.lab.test"] });
      const reached = await other.run(["curl", "-sS", "https://goproxy.lab.test/"]);
      const unknown = await other.run(["curl", "-sS", "https://go.dev/dl/"]);

      expect([reached.status, unknown.status]).toEqual([0, 6]);
    });
  });
});

test("a small release answers as a Go where an installer looks", async () => {
  const release = await makeSmallRelease("1.30.2", { files: { "doc/extra": "more\n", "SECURITY.md": null } });
  await withHost({ bind: [{ from: release.path, to: "/srv/release.tar.gz" }] }, async (host) => {
    const answers = await host.script(`
      tar -C /usr/local -xzf /srv/release.tar.gz
      export PATH=/usr/local/go/bin:$PATH
      go version
      go env GOROOT GOVERSION
      cd /tmp
      printf 'package main\\nimport "fmt"\\nfunc main() { fmt.Println("OK") }\\n' >main.go
      go run main.go
      GOARCH=arm64 go build -o other main.go && od -An -tx1 -j18 -N1 other
      go build -o mine main.go && ./mine
      go list std | sed -n 1,2p
    `);

    expect(answers.stdout.split("\n")).toEqual([
      "go version go1.30.2 linux/amd64",
      "/usr/local/go",
      "go1.30.2",
      "OK",
      " b7",
      "bufio",
      "bytes",
      "",
    ]);
    expect([host.exists("/usr/local/go/SECURITY.md"), host.read("/usr/local/go/doc/extra")]).toEqual([false, "more\n"]);
    expect(host.exists("/root/.config/go/telemetry")).toBe(true);
  });
});

function describePath(path: string): unknown {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "absent";
  return [stat.mode, stat.mtimeMs, stat.isDirectory() ? readdirSync(path) : readFileSync(path, "utf8")];
}

/** Mounts that this machine sees of the lab, and what lies in the directory that hosts are mounted on. */
function outsideTraces(): { mounts: string[]; files: string[] } {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .filter((line) => line.includes(labCache));
  const mountPoint = join(labCache, "mount-point");
  return { mounts, files: existsSync(mountPoint) ? readdirSync(mountPoint) : [] };
}

function networkOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}

/** All processes in a network namespace; those that ended while being looked at, and zombies, are in none. */
function processesIn(network: string): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/net`) === network;
    } catch {
      return false;
    }
  });
}
