import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createBootedHost, seedCloudInit, type BootedHost } from "../lab/boot/booted-host.ts";
import { mirrorNames } from "../lab/servers/mirror-protocol.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { readDefaultProxyName } from "../lab/releases/machine-go.ts";
import { type LabArchive, officialRelease, officialVersions } from "../lab/releases/releases.ts";
import { isFullMode, onlyInFullMode } from "../lab/suite/full-mode.ts";

// The whole life of a Go on a machine that boots, with real releases: Debian 12, 13 and 14. The last has glibc 2.43, sudo-rs,
// uutils' coreutils first on PATH, systemd 262 and cloud-init 26.2, which are close to Ubuntu 26.04's. On Debian 12 every
// step has tests of its own, so CI plays the newest one.
const readygo = "/opt/readygo/node /opt/readygo/dist/readygo.mjs";
const roots = isFullMode ? (["contexts", "trixie", "forky"] as const) : (["forky"] as const);
const [older, newer] = [officialVersions.older, officialVersions.newer];

describe.each(roots)("a machine of %s", (root) => {
  let machine: BootedHost;
  let archives: readonly LabArchive[];

  beforeEach(onlyInFullMode);
  beforeAll(async () => {
    if (!isFullMode) return;
    archives = [await officialRelease(older), await officialRelease(newer)];
    machine = await createBootedHost(root);
    for (const { path } of archives) machine.write(`/opt/releases/${basename(path)}`, readFileSync(path));
    // An image that has readygo; that a machine gets it by itself is cloud-init.test's.
    machine.write("/usr/local/bin/readygo", `#!/bin/sh\nexec ${readygo} "$@"\n`, 0o755);
    machine.write("/etc/sudoers.d/90-ada", "ada ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440);
    await machine.around.must(["chroot", "/lab/machine", "useradd", "-m", "-s", "/bin/bash", "ada"]);
    const mirror = await machine.startMirror({
      releases: archives,
      names: [...Object.values(mirrorNames), readDefaultProxyName()],
    });
    machine.write("/home/ada/.config/go/env", `GOPROXY=${mirror.proxyUrl}\n`);
    await machine.around.must(["chroot", "/lab/machine", "chown", "-R", "ada:", "/home/ada"]);
  });
  afterAll(() => machine?.destroy());

  const words = (at: number): readonly string[] => {
    const { version = "", sha256 = "" } = archives[at] ?? {};
    return [version, "--source", "/opt/releases", "--sha256", sha256, "--timeout", "250"];
  };
  /** As ada starts it. */
  const run = async (...line: readonly string[]) =>
    readJson(
      await machine.run(["su", "-", "ada", "-c", `sudo ${readygo} ${line.join(" ")} --json`], { timeoutMs: 280_000 }),
    );
  const versionOf = async (): Promise<string> =>
    (await machine.run(["su", "-", "ada", "-c", "go version"])).stdout.split(" ")[2] ?? "";
  const cloudInit = async (): Promise<readonly unknown[]> => {
    const { status, stdout } = await machine.run(["cloud-init", "status", "--long"]);
    return [status, /^status: (.*)$/m.exec(stdout)?.[1]];
  };
  const userData = async (line: readonly string[], more = ""): Promise<string> =>
    (await machine.around.must(["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", "cloud-init", ...line])).stdout +
    more;
  const outcome = async () => readJson(await machine.must(["cat", "/run/readygo-cloud-init.json"]));

  it("has a verified Go after its first boot by cloud-init", async () => {
    seedCloudInit(machine, "first", await userData([...words(0), "--user", "ada"]));
    await machine.boot();
    const { status, version, checks } = await outcome();
    expect([await cloudInit(), status, version]).toEqual([[0, "done"], "changed", `go${older}`]);
    // ada's module proxy is the lab's, and Debian's sudo-rs has no /usr/local/bin in secure_path: two warnings.
    expect(checks.filter((check) => check.status === "fail")).toEqual([]);
    expect(await versionOf()).toBe(`go${older}`);
  });

  it("is left alone by a second run, and by a second boot", async () => {
    expect(await run("install", ...words(0))).toMatchObject({ status: "unchanged", error: null });
    await machine.reboot();
    expect([await cloudInit(), (await outcome()).status]).toEqual([[0, "done"], "unchanged"]);
  });

  it("is proven by verify, and healthy for doctor", async () => {
    expect((await run("verify", "--timeout", "250")).error).toBeNull();
    const findings = (await run("doctor"))["findings"] as readonly { readonly severity: string; readonly id: string }[];
    expect(findings.filter(({ severity }) => severity !== "info").map(({ id }) => id)).toEqual([]);
  });

  it("is upgraded, goes back, and forward again", async () => {
    expect(await run("install", ...words(1))).toMatchObject({ status: "changed", error: null });
    expect(await versionOf()).toBe(`go${newer}`);
    expect(await run("rollback")).toMatchObject({ status: "changed", version: `go${older}` });
    expect(await versionOf()).toBe(`go${older}`);
    expect(await run("rollback")).toMatchObject({ status: "changed", version: `go${newer}` });
  });

  it("fails a boot that cannot prove its Go, and tells a warning of cloud-init's own from that", async () => {
    await machine.powerOff();
    seedCloudInit(machine, "second", await userData(["1.26.999", "--source", "/opt/releases"]));
    await machine.boot();
    expect([await cloudInit(), (await outcome()).error?.exit]).toEqual([[1, "error"], 2]);
    await machine.powerOff();
    // A key that cloud-init does not know: from 23.4 on that is exit 2, `done` with something to look at.
    seedCloudInit(machine, "third", await userData(words(1), "no_such_key: 1\n"));
    await machine.boot();
    expect([await cloudInit(), (await outcome()).error]).toEqual([[root === "contexts" ? 0 : 2, "done"], null]);
  });

  it("is as before after uninstall", async () => {
    expect(await run("uninstall")).toMatchObject({ status: "changed", error: null });
    const left = await machine.run([
      "sh",
      "-c",
      "ls -d /usr/local/go /usr/local/bin/go /usr/local/.readygo /var/lib/readygo",
    ]);
    expect(left.stdout).toBe("");
    expect(machine.read("/home/ada/.bashrc")).toBe(machine.read("/etc/skel/.bashrc"));
  });
});
