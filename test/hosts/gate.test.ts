import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mirror } from "../lab/servers/mirror.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease, type LabArchive } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

describe("the gate", () => {
  let host: LabHost;
  let mirror: Mirror;
  let good: LabArchive;

  beforeAll(async () => {
    host = await createHost();
    good = await makeSmallRelease("1.30.1");
    // Unpacks, tells its version, and cannot do anything else: go.env has no GOPROXY and std is empty.
    const broken = await makeSmallRelease("1.30.2", { files: { "go.env": "GOSUMDB=sum.golang.org\n" } });
    mirror = await host.startMirror({ releases: [good, broken], modules: [] });
  });
  afterAll(() => host?.destroy());

  const places = ["/usr/local", "/etc", "/root", "/home", "/var/lib/readygo", "/run"];

  it("puts tree and files back where a check fails, and says which", async () => {
    expect(readJson(await host.readygo(["install", "1.30.1", "--no-verify", "--json"])).status).toBe("changed");
    const before = host.snapshot(places);
    const run = await host.readygo(["install", "1.30.2", "--json"], { timeoutMs: 180_000 });
    const { error, checks } = readJson(run);
    expect([run.status, error?.code, Object.keys(error?.details ?? {})]).toEqual([
      7,
      "gate-failed",
      checks.filter(({ status }) => status === "fail").map(({ id }) => id),
    ]);
    expect(Object.keys(error?.details ?? {})).toContain("goproxy");
    const timeless = (entries: ReturnType<LabHost["snapshot"]>): unknown =>
      [...entries].map(([path, entry]) => [
        path,
        { ...entry, mtimeNs: entry.kind === "directory" ? "" : entry.mtimeNs },
      ]);
    expect(timeless(host.snapshot(places))).toEqual(timeless(before));
    expect(readJson(await host.readygo(["install", "1.30.1", "--json"])).status).toBe("unchanged");
  });

  it("keeps the new tree where it is asked to, and still exits with 7", async () => {
    const run = await host.readygo(["install", "1.30.2", "--keep-failed", "--json"], { timeoutMs: 180_000 });
    expect([run.status, readJson(run).error?.code]).toEqual([7, "gate-failed"]);
    expect(host.read("/usr/local/go/VERSION")).toMatch(/^go1\.30\.2\n/);
  });

  it("works without HOME, USER, SHELL and terminal, as under cloud-init", async () => {
    await mirror.setReleases([good]);
    const run = await host.readygo(["install", "1.30.1", "--json"], {
      env: { HOME: undefined, USER: undefined, LOGNAME: undefined },
      cwd: "/",
      timeoutMs: 180_000,
    });
    expect(readJson(run).checks.filter(({ status }) => status === "fail")).toEqual([]);
    expect(run.status).toBe(0);
  });

  it("is shown by verify --quiet as far as somebody has to act", async () => {
    await host.script("echo 'export GOPATH=/srv/go' >>/root/.bashrc");
    const run = await host.readygo(["verify", "--quiet"], { timeoutMs: 180_000 });
    const ids = run.stderr.split("\n").flatMap((line) => /^ {2}(\w+) +(\S+) /.exec(line)?.slice(1).join(" ") ?? []);
    expect([run.status, run.stdout, ids]).toEqual([0, "", ["warn no-gopath"]]);
  });
});
