import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandResult } from "../lab/hosts/command.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// The rule: what lies on a user's PATH is looked at by a child that is that user. What root may not enter, what leads nowhere
// and what does not answer holds nobody up and is no reason to take Go away.
describe("entries of a user's PATH", () => {
  let release: LabArchive;
  let host: LabHost;
  let argv: readonly string[];
  beforeEach(async () => {
    release = await makeSmallRelease("1.30.1");
    host = await createHost({
      bind: [
        { from: dirname(release.path), to: "/opt/release" },
        { from: join(import.meta.dirname, "../lab/hosts/fuse.pl"), to: "/opt/fuse.pl" },
      ],
    });
    await host.addUser("mallory");
    argv = ["install", "1.30.1", "--source", "/opt/release", "--sha256", release.sha256, "--user", "mallory", "--json"];
  });
  afterEach(() => host?.destroy());

  const setPath = async (entries: string): Promise<void> => {
    const file = `PATH=${entries}\nexport PATH\n`;
    host.write("/home/mallory/.profile", file);
    host.write("/home/mallory/.bashrc", file);
    await host.must(["chown", "mallory:", "/home/mallory/.profile", "/home/mallory/.bashrc"]);
  };

  async function mountFuse(mode: "empty" | "silent"): Promise<string> {
    const at = `/home/mallory/${mode}`;
    await host.must(["mkdir", at], { user: "mallory" });
    await host.must(["mknod", "-m", "666", "/dev/fuse", "c", "10", "229"]);
    const [uid = "", gid = ""] = (await host.must(["sh", "-c", "id -u mallory; id -g mallory"])).stdout.split("\n");
    const server = host.spawn(["perl", "/opt/fuse.pl", at, uid, gid, mode], { timeoutMs: 600_000 });
    server.exited.catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      server.stdout.once("data", () => resolve());
      void server.exited.then(({ stderr }) => reject(new Error(stderr)));
    });
    return at;
  }

  const shellChecks = ["which-go", "login-shell", "interactive-shell"];
  const statuses = (run: CommandResult): unknown => {
    const { checks } = readJson(run);
    return Object.fromEntries(
      checks.filter(({ id }) => shellChecks.includes(id)).map(({ id, status }) => [id, status]),
    );
  };
  const all = (status: string): unknown => Object.fromEntries(shellChecks.map((id) => [id, status]));
  const must = async (run: CommandResult): Promise<void> => {
    expect([run.status, run.stderr, statuses(run)]).toEqual([0, expect.anything(), all("pass")]);
    const verify = await host.readygo(["verify", "--user", "mallory", "--json", "--timeout", "60"]);
    expect([verify.status, statuses(verify)]).toEqual([0, all("pass")]);
  };

  it.for([
    ["a link to itself", "ln -s go bin/go", "$HOME/bin"],
    ["a directory that is one", "ln -s loop loop", "$HOME/loop"],
    ["a name of 300 characters", ":", "a".repeat(300).replace(/^/, "$HOME/")],
    [
      "a directory that is closed",
      "mkdir closed; touch closed/go; chmod 755 closed/go; chmod 0 closed",
      "$HOME/closed",
    ],
  ] as const)("%s", async ([what, make, entry], context) => {
    if (what !== "a link to itself") onlyInFullMode(context);
    await host.script(`mkdir bin; ${make}`, { user: "mallory", cwd: "/home/mallory" });
    await setPath(`${entry}:$PATH`);
    await must(await host.readygo(argv));
  });

  it("a mount of the user's that root may not enter", async (context) => {
    if (!existsSync("/dev/fuse")) skipBecause(context, "this kernel has no FUSE");
    const at = await mountFuse("empty");
    expect((await host.run(["ls", at])).stderr).toContain("Permission denied");
    await setPath(`${at}:$PATH`);
    await must(await host.readygo(argv));
  });

  it("a mount that does not answer, behind a go", async (context) => {
    onlyInFullMode(context);
    if (!existsSync("/dev/fuse")) skipBecause(context, "this kernel has no FUSE");
    const at = await mountFuse("silent");
    await setPath(`$PATH:${at}`);
    const install = await host.readygo([...argv, "--timeout", "5"]);
    expect([install.status, statuses(install)]).toEqual([0, all("pass")]);
    expect(install.stdout).toContain(`${at} cannot be looked at (no answer within 5 s)`);
    const verify = await host.readygo(["verify", "--user", "mallory", "--json", "--timeout", "5"]);
    expect([verify.status, statuses(verify)]).toEqual([0, all("pass")]);
    expect(verify.durationMs).toBeLessThan(80_000);
  });

  it("a mount that does not answer, before any go", async (context) => {
    if (!existsSync("/dev/fuse")) skipBecause(context, "this kernel has no FUSE");
    expect((await host.readygo(argv)).status).toBe(0);
    const at = await mountFuse("silent");
    host.write("/home/mallory/.bash_profile", `PATH=${at}:$PATH\n`);
    await host.script(`echo 'PATH=${at}:$PATH' >>/home/mallory/.bashrc`);
    const verify = await host.readygo(["verify", "--user", "mallory", "--json", "--timeout", "5"]);
    expect([verify.status, statuses(verify)]).toEqual([0, all("warn")]);
  });
});
