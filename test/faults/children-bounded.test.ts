import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { waitFor } from "../lab/suite/wait-for.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// The rule: a user's shells run with a bound on time, memory, processes and output, and nothing that they have started is
// left when readygo is done with them, however it ends.
describe("what a user's shells start", () => {
  let host: LabHost;
  let uid: string;
  beforeAll(async () => {
    const release = await makeSmallRelease("1.30.1");
    host = await createHost({ bind: [{ from: dirname(release.path), to: "/opt/release" }] });
    await host.addUser("mallory");
    uid = (await host.must(["id", "-u", "mallory"])).stdout.trim();
    const install = ["install", "1.30.1", "--source", "/opt/release", "--sha256", release.sha256, "--no-verify"];
    expect((await host.readygo([...install, "--user", "mallory"])).status).toBe(0);
  });
  afterAll(() => host?.destroy());
  beforeEach(() => host.must(["rm", "-f", "/home/mallory/.bash_profile", "/tmp/started"]));

  /** Processes of mallory's. */
  const left = (): readonly string[] =>
    readdirSync(host.path("/proc")).filter((pid) => {
      try {
        return new RegExp(`^Uid:\\t${uid}\\t`, "m").test(readFileSync(host.path(`/proc/${pid}/status`), "utf8"));
      } catch {
        return false;
      }
    });

  const setProfile = async (text: string): Promise<void> => {
    host.write("/home/mallory/.bash_profile", text);
    await host.must(["chown", "mallory:", "/home/mallory/.bash_profile"]);
  };
  const verify = ["verify", "--user", "mallory", "--timeout", "3"];
  const scatter =
    "for i in $(seq 40); do setsid sleep 1000 & done; (setsid sh -c 'kill -STOP $$' &); : >/tmp/started\n";

  const evidenceOf = (json: Awaited<ReturnType<LabHost["readygo"]>>): string =>
    readJson(json).checks.find(({ id }) => id === "which-go")?.evidence ?? "";

  it("ends with the shell", async () => {
    await setProfile(`${scatter}PATH=/usr/local/go/bin:$PATH`);
    expect(evidenceOf(await host.readygo([...verify, "--json"]))).toBe("/usr/local/go/bin/go");
    expect(left()).toEqual([]);
  });

  it.each([
    ["as it is", []],
    ["without CAP_SYS_ADMIN, as in a container", ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]],
  ])("ends at the bound on time, %s", async (_, before) => {
    await setProfile(`${scatter}sleep 1000`);
    const run = await host.run([...before, "/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", ...verify, "--json"]);
    expect(evidenceOf(run)).toBe("/bin/bash did not answer: no answer within 3 s");
    expect(left()).toEqual([]);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)("ends when readygo is ended by %s", async (signal) => {
    await setProfile(`${scatter}sleep 1000`);
    const run = host.spawnReadygo(["verify", "--user", "mallory", "--timeout", "60"]);
    await waitFor("what the shell starts", () => existsSync(host.path("/tmp/started")));
    expect(left().length).toBeGreaterThan(40);
    await run.kill(signal);
    expect(await run.exited).toMatchObject(signal === "SIGTERM" ? { status: 143 } : { signal });
    await waitFor("the end of it", () => left().length === 0);
  });

  it.each([
    ["memory", "perl -e '$x .= q(a) x 1e7 while 1' & perl -e '$x .= q(a) x 1e7 while 1'; sleep 1000"],
    // The bomb that doubles takes the whole machine for twenty seconds: with --full.
    ["processes", isFullMode ? "bomb() { bomb | bomb & }; bomb; sleep 1000" : "while :; do sleep 1000 & done"],
    ["output", "yes"],
  ])("ends at the bound on %s", async (bound, profile) => {
    await setProfile(profile);
    const evidence = evidenceOf(await host.readygo(["verify", "--user", "mallory", "--timeout", "60", "--json"]));
    expect(evidence).toMatch(/^\/bin\/bash did not answer: ended, since it/);
    expect(evidence).toContain({ memory: "more memory", processes: "more processes", output: "printed more" }[bound]);
    // All are killed by then; a kernel with hundreds to take away may need a moment.
    await waitFor("the end of it", () => left().length === 0);
  });

  it("is bounded by means that --verbose names, once", async () => {
    const { stderr } = await host.readygo([...verify, "--verbose"]);
    expect(stderr.match(/^children are bounded by .*$/gm)).toEqual([
      expect.stringMatching(/^children are bounded by (?:a cgroup|RLIMIT_DATA and a subreaper)$/),
    ]);
  });
});
