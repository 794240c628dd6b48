import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// A report is written by root where somebody has asked for it: no link that others control leads it elsewhere, what lies in a
// home is written by its user, and whatever ends the run, a file is there whole or as it was before.
describe("a report", () => {
  let host: LabHost;
  beforeAll(async () => {
    const release = await makeSmallRelease("1.30.1");
    host = await createHost();
    await host.startMirror({ releases: [release], modules: [] });
    await host.addUser("mallory");
    await host.addUser("ann");
    expect((await host.readygo(["install", "1.30.1", "--no-verify", "--user", "ann"])).status).toBe(0);
  });
  afterAll(() => host?.destroy());

  /** The least that verify can look at: what is tried here is the writing. */
  const look = ["verify", "--only", "architecture"];
  const write = async (file: string, options: { readonly user?: string; readonly cwd?: string } = {}) => {
    const { status, stderr } = await host.readygo([...look, "--report", `json:${file}`], options);
    return { status, stderr };
  };
  const owner = async (path: string): Promise<string> => (await host.must(["stat", "-c", "%U %a", path])).stdout.trim();

  it("is root's in a place of root's, and leaves nothing beside it", async () => {
    await host.script("mkdir -p /srv/reports");
    expect(await write("/srv/reports/go.json")).toEqual({ status: 0, stderr: expect.any(String) });
    expect(await owner("/srv/reports/go.json")).toBe("root 644");
    expect((await host.must(["ls", "-A", "/srv/reports"])).stdout).toBe("go.json\n");
    expect(JSON.parse(host.read("/srv/reports/go.json"))).toMatchObject({ command: "verify", exit: 0 });
  });

  it("is the user's own in a home, also where root was asked, by a name without a directory", async () => {
    expect((await write("go.json", { cwd: "/home/ann" })).status).toBe(0);
    expect(await owner("/home/ann/go.json")).toBe("ann 644");
    expect((await write("mine.json", { cwd: "/home/ann", user: "ann" })).status).toBe(0);
    expect(await owner("/home/ann/mine.json")).toBe("ann 644");
  });

  it("is its directory's owner's elsewhere, as in Debian's place for node_exporter's files", async () => {
    await host.script("mkdir -p /srv/prometheus/node-exporter; chown ann: /srv/prometheus");
    const file = "/srv/prometheus/node-exporter/readygo.prom";
    expect((await host.script(`umask 077; /opt/readygo/node /opt/readygo/dist/readygo.mjs ${look.join(" ")} --report prom:${file}`)).status).toBe(0); // prettier-ignore
    expect([await owner(file), host.read(file)]).toEqual(["root 644", expect.stringContaining("readygo_exit_code")]);
    await host.script("mkdir /srv/anns; chown ann: /srv/anns");
    expect((await write("/srv/anns/go.json")).status).toBe(0);
    expect(await owner("/srv/anns/go.json")).toBe("ann 644");
  });

  it.each([
    ["a link at its name", "ln -sf /etc/victim /home/mallory/r.json", "/home/mallory/r.json"],
    ["a link in a directory that everybody writes", "ln -sfn /etc/victims /tmp/evil; chown -h mallory: /tmp/evil", "/tmp/evil/r.json"], // prettier-ignore
    ["a link at its name in /tmp", "ln -sf /etc/victim /tmp/r.json; chown -h mallory: /tmp/r.json", "/tmp/r.json"],
    ["a link on the way, in a home", "ln -sfn /etc/victims /home/mallory/d", "/home/mallory/d/r.json"],
    ["a link on the way, in somebody's directory", "mkdir -p /srv/m; ln -sfn /etc/victims /srv/m/d; chown -hR mallory: /srv/m", "/srv/m/d/r.json"], // prettier-ignore
    ["a FIFO", "mkfifo /home/mallory/f; chown mallory: /home/mallory/f", "/home/mallory/f"],
    ["stdout's own link", "true", "/dev/stdout"],
    ["a device", "true", "/dev/null"],
    ["no directory", "true", "/nowhere/r.json"],
  ])("is not written through %s: exit 6", async (_what, prepare, file) => {
    await host.script(`mkdir -p /etc/victims; echo root >/etc/victim; ${prepare}`);
    const before = host.snapshot(["/etc", "/dev"]);
    const { status, stderr } = await write(file);
    expect([status, stderr]).toEqual([6, expect.stringContaining(`error[report-unwritten]`)]);
    expect(stderr).toContain(file);
    expect(host.snapshot(["/etc", "/dev"])).toEqual(before);
  });

  it("follows a link that only root can turn", async () => {
    await host.script("ln -sfn /srv/reports /srv/link");
    expect((await write("/srv/link/linked.json")).status).toBe(0);
    expect(host.exists("/srv/reports/linked.json")).toBe(true);
  });

  it("that cannot be written is a warning after an install, and keeps another from nothing", async () => {
    await host.script("rm /etc/profile.d/readygo.sh");
    const reports = ["--report", "tap:/nowhere/go.tap", "--report", "md:/srv/reports/go.md"];
    const run = await host.readygo(["install", "1.30.1", "--no-verify", "--user", "ann", ...reports]);
    expect([run.status, run.stderr]).toEqual([0, expect.stringContaining("warning: a report could not be written: /nowhere/go.tap")]); // prettier-ignore
    expect(host.read("/srv/reports/go.md")).toContain("go1.30.1 is installed");
  });

  it("keeps a failed check's own exit code, and tells of both", async () => {
    await host.script("cp /usr/local/go/VERSION /root/; echo go1.30.2 >/usr/local/go/VERSION");
    const run = await host.readygo(["verify", "--quick", "--report", "json:/nowhere/go.json"]);
    await host.script("cp -p /root/VERSION /usr/local/go/VERSION");
    expect([run.status, run.stderr]).toEqual([7, expect.stringMatching(/a report could not be written[^]*error\[verify-failed\]/)]); // prettier-ignore
  });

  it("is whole or not there, wherever the run is killed while it writes", async () => {
    const file = "/srv/kills/go.json";
    const calls = "trace=openat,write,fsync,fchmod,fchown,rename,unlink,close";
    const command = ["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", ...look, "--quiet"];
    const report = ["--report", `json:${file}`, "--report", `html:/srv/kills/go.html`];
    await host.script("mkdir /srv/kills");
    await host.must(["strace", "-f", "-qq", "-o", "/tmp/calls", "-e", calls, ...command, ...report]);
    const points = listCalls(host.read("/tmp/calls"), ".go.json.readygo-");
    expect(points.length).toBeGreaterThan(12);
    const most = isFullMode ? 50 : 6;
    let killed = 0;
    for (let at = 0; at < most; at++) {
      const { call, nth } = points[Math.floor((at * points.length) / most)] ?? { call: "rename", nth: 1 };
      const before = at % 2 === 0 ? undefined : "before\n";
      await host.script("rm -rf /srv/kills/* /srv/kills/.[a-z]*");
      if (before !== undefined) host.write(file, before);
      const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=${nth}`];
      const run = await host.run(["strace", "-f", "-qq", "-o", "/dev/null", ...inject, ...command, ...report]);
      if (run.signal !== null || run.status === 137) killed += 1;
      const json = host.exists(file) ? host.read(file) : undefined;
      if (json !== before) expect(JSON.parse(json ?? "")).toMatchObject({ schema: 1, exit: 0 });
      if (host.exists("/srv/kills/go.html")) expect(host.read("/srv/kills/go.html")).toMatch(/<\/html>\n$/);
    }
    // A run makes a few calls more or less than another.
    expect(killed).toBeGreaterThanOrEqual(most * 0.8);
    expect((await write(file)).status).toBe(0);
  });

  it("leaves nothing beside it that a later run does not take away", async () => {
    host.write("/srv/reports/.go.json.readygo-999999", "half");
    expect((await write("/srv/reports/go.json")).status).toBe(0);
    expect((await host.must(["ls", "-A", "/srv/reports"])).stdout).not.toContain(".go.json");
  });
});

/** The calls of the thread that writes, from a little before a file is begun; each by its number among those of its name. */
function listCalls(log: string, begun: string): readonly { readonly call: string; readonly nth: number }[] {
  const lines = log.split("\n");
  const thread = lines.find((line) => line.includes(begun))?.split(" ")[0] ?? "";
  const counts = new Map<string, number>();
  const own = lines.flatMap((line) => {
    const call = line.startsWith(`${thread} `) ? /^\d+\s+(\w+)\(/.exec(line)?.[1] : undefined;
    if (call === undefined) return [];
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return [{ call, nth, line }];
  });
  return own.slice(own.findIndex(({ line }) => line.includes(begun)) - 3, own.findLastIndex(({ call }) => call === "rename") + 3); // prettier-ignore
}
