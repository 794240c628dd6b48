import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFleet, type Fleet } from "../lab/fleet/fleet.ts";
import { playTask, playTasks, type Task } from "../lab/fleet/play.ts";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";

// The modules of the collection, by Debian's Ansible over ssh: what check mode says is the plan, and is what is then done.
// With READYGO_FULL=1 also by the newer Debian's (2.22), against a host of that Debian.
const kinds = isFullMode ? (["fleet", "fleet-forky"] as const) : (["fleet"] as const);

describe.each(kinds)("the modules, %s", (kind) => {
  let fleet: Fleet;
  let host: LabHost;
  let releases: readonly LabArchive[];

  beforeAll(async () => {
    releases = [await makeSmallRelease("1.30.1"), await makeSmallRelease("1.30.2")];
    const bind = releases.map(({ path, version }) => ({ from: dirname(path), to: `/opt/${version}` }));
    fleet = await createFleet({ control: kind, hosts: { one: { bind, lower: kind } } });
    host = fleet.host("one");
    await host.addUser("alice");
    await host.addUser("bob", "/bin/zsh");
  });
  afterAll(() => fleet?.destroy());
  beforeEach(async () => {
    await host.script("readygo uninstall --quiet; rm -rf /usr/local/go");
  });

  const words = (at: number) => {
    const { version = "", sha256 = "" } = releases[at] ?? {};
    return { version, source: [`/opt/${version}`], sha256 };
  };
  const places = ["/usr/local", "/etc", "/home", "/root", "/var/lib/readygo"];
  /** Without where Ansible itself has its temporary files. */
  const look = () => new Map([...host.snapshot(places)].filter(([path]) => !path.startsWith("/root/.ansible")));

  /** A row of tasks in one play; gives what each came to. */
  const run = async (...tasks: readonly (readonly [Task["args"], ("check" | "info")?])[]) => {
    const named = tasks.map(([args, kind], at) => ({
      name: `task ${at}`,
      module: kind === "info" ? "readygo_info" : "readygo",
      args,
      isChecking: kind === "check",
    }));
    const played = await playTasks(fleet, named);
    return named.map(({ name }) => played.result("one", name));
  };

  it("shows in check mode what it then does, and does nothing when it is run again", async () => {
    const args = { ...words(0), users: ["alice", "bob"], gobin: true };
    const before = look();
    const [checked] = await run([args, "check"]);
    expect(checked).toMatchObject({ changed: true, version: "go1.30.1" });
    expect(look()).toEqual(before);
    const [done] = await run([args]);
    expect(done).toMatchObject({ changed: true, version: "go1.30.1", steps: checked?.steps, diff: checked?.diff });
    expect(done?.changes?.map(({ path }) => path).toSorted()).toEqual(
      done?.steps?.map(({ target }) => target).toSorted(),
    );
    expect(host.read("/home/alice/.bashrc")).toContain(">>> readygo");
    expect(host.read("/home/bob/.zshrc")).toContain(">>> readygo");
    const after = look();
    const unchanged = expect.objectContaining({ changed: false, failed: false, steps: [], diff: [] });
    expect(await run([args, "check"], [args])).toEqual([unchanged, unchanged]);
    expect(look()).toEqual(after);
  });

  it("upgrades, goes back once and no further, and takes everything away", async () => {
    const back = { state: "rolled_back", version: "1.30.1" };
    const absent = { state: "absent" };
    const [, upgraded, previewed, there, done, again, leaving, gone, nothing] = await run(
      ...([[words(0)], [words(1)], [back, "check"], [{}, "info"], [back], [back]] as const),
      ...([[absent, "check"], [absent], [absent]] as const),
    );
    expect(upgraded).toMatchObject({ changed: true, version: "go1.30.2", previous: "go1.30.1" });
    expect(there).toMatchObject({ installed: "go1.30.2", previous: "go1.30.1" });
    expect(done).toMatchObject({ changed: true, version: "go1.30.1", steps: previewed?.steps, diff: previewed?.diff });
    expect(again).toMatchObject({ changed: false, failed: false, version: "go1.30.1" });
    expect(gone).toMatchObject({ changed: true, steps: leaving?.steps, diff: leaving?.diff });
    expect(nothing).toMatchObject({ changed: false, failed: false });
    expect(host.exists("/usr/local/go")).toBe(false);
  });

  it("applies what was reviewed, or nothing", async () => {
    const [reviewed] = await run([words(0), "check"]);
    const plan = { plan: reviewed?.saved };
    await host.script("mkdir -p /usr/local/go; echo go1.20.1 >/usr/local/go/VERSION");
    const stale = expect.objectContaining({ failed: true, code: "plan-stale", parameter: "plan" });
    expect(await run([plan, "check"], [plan])).toEqual([stale, stale]);
    await host.script("rm -rf /usr/local/go");
    const [previewed, done] = await run([plan, "check"], [plan]);
    expect(done).toMatchObject({ changed: true, version: "go1.30.1", steps: previewed?.steps });
    expect(previewed?.steps).toEqual(reviewed?.steps);
  });

  /** A parameter, and parameters of which it is the wrong one. */
  const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["versoin", { versoin: "1.30.1" }],
    ["state", { state: "installed" }],
    ["version", { version: "banana" }],
    ["version", { version: "1.99.99" }],
    ["version", { version: "--self" }],
    ["version", { state: "rolled_back", version: "1.30" }],
    ["version", { state: "rolled_back", version: "1.30.1" }],
    ["version", { state: "absent", version: "1.30.1" }],
    ["trust", { trust: "none" }],
    ["users", { users: ["nobody-there"] }],
    ["users", { users: ["alice", "alice"] }],
    ["source", { source: ["no-such-mirror"] }],
    ["source", { state: "rolled_back", version: "1.30.1", source: ["/opt"] }],
    ["sha256", { sha256: "abc" }],
    ["links", { links: "perhaps" }],
    ["keep", { keep: "many" }],
    ["keep", { keep: -1 }],
    ["ca_file", { ca_file: "/no/such/file.pem" }],
    ["proxy", { proxy: "gopher://proxy.example" }],
    ["download_timeout", { download_timeout: 0 }],
    ["plan", { plan: { version: "go1.30.1" } }],
    ["users", { plan: { version: "go1.30.1" }, users: ["alice"] }],
    ["executable", { executable: "/no/such/readygo" }],
  ];

  it("refuses a wrong parameter by its name, and does nothing", async () => {
    const before = look();
    const { version, source, sha256 } = words(0);
    const tasks = wrong.map(([parameter, args]) => ({
      name: `${parameter}: ${JSON.stringify(args)}`,
      module: "readygo",
      args: { ...("state" in args || "plan" in args ? {} : { version, source, sha256 }), ...args },
    }));
    const played = await playTasks(fleet, tasks);
    const said = tasks.map(({ name }, at) => {
      const { failed, msg = "", code, parameter } = played.result("one", name);
      const named = code === undefined ? msg.includes(wrong[at]?.[0] ?? "?") && wrong[at]?.[0] : parameter;
      return [name, failed, named];
    });
    expect(said).toEqual(tasks.map(({ name }, at) => [name, true, wrong[at]?.[0]]));
    expect(look()).toEqual(before);
  });

  it("says of a readygo that fails its code, its summary and its remedies", async () => {
    const { version, source } = words(0);
    const failed = (await playTask(fleet, "readygo", { version, source, sha256: "0".repeat(64) })).result("one");
    expect(failed).toMatchObject({
      failed: true,
      rc: 5,
      code: "checksum-mismatch",
      summary: expect.stringContaining("sha256"),
      remedies: expect.arrayContaining([expect.any(String)]),
      readygo: { command: "install", status: "failed" },
    });
    const unprivileged = (await playTask(fleet, "readygo", { version, source }, { become: false })).result("one");
    expect(unprivileged).toMatchObject({ failed: true, rc: 3, code: "rights-missing" });
  });

  it("tells by readygo_info what is there, and writes nothing", async () => {
    const quick = { verify: "quick" };
    const [absent] = await run([quick, "info"], [words(0)], [words(1)]);
    expect(absent).toMatchObject({ changed: false, installed: null, is_verified: false });
    const before = look();
    const [told] = await run([quick, "info"]);
    expect(told).toMatchObject({
      changed: false,
      installed: "go1.30.2",
      previous: "go1.30.1",
      ours: true,
      architecture: "amd64",
      is_verified: true,
      failed_checks: [],
    });
    expect(look()).toEqual(before);
    await host.script("echo '// changed' >>/usr/local/go/src/fmt/fmt.go");
    const [broken] = await run([quick, "info"]);
    expect(broken).toMatchObject({ failed: false, is_verified: false, failed_checks: ["tree-manifest"] });
  });
});
