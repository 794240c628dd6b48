import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FoundJson } from "../lab/doctor/play-plant.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { makeRealGoRelease } from "../lab/releases/real-go-release.ts";

// What doctor fixes is planned, applied in one transaction, and given back by uninstall, byte for byte.
describe("doctor --fix", () => {
  let host: LabHost;
  const settings = "GOFLAGS=-mod=vendor\nGOBIN=/home/ada/bin\n# mine\nGOSUMDB=off\n";
  const places = ["/usr/local", "/etc", "/home", "/var/lib/readygo", "/root"];

  beforeAll(async () => {
    const release = await makeRealGoRelease("1.30.1");
    host = await createHost();
    await host.startMirror({ releases: [release], modules: [] });
    await host.addUser("ada");
    host.write("/home/ada/.config/go/env", settings);
    await host.must(["chown", "-R", "ada:", "/home/ada/.config"]);
    const install = ["install", "1.30.1", "--sha256", release.sha256, "--user", "ada", "--no-verify"];
    expect((await host.readygo(install)).status).toBe(0);
  });
  afterAll(() => host?.destroy());

  const doctor = async (...words: readonly string[]) => {
    const run = await host.readygo(["doctor", "--user", "ada", "--json", ...words], { timeoutMs: 180_000 });
    const result = readJson(run);
    const findings = result["findings"] as readonly FoundJson[];
    return {
      ...result,
      exit: run.status,
      notices: run.stderr,
      findings,
      fixable: findings.filter(({ fix }) => fix !== null).map(({ id }) => id),
    };
  };

  it("prints its plan, and with --dry-run nothing more", async () => {
    await host.script("rm /usr/local/bin/gofmt");
    const before = host.snapshot(places);
    const { status, exit, fixable, steps } = (await doctor("--fix", "--dry-run")) as Awaited<
      ReturnType<typeof doctor>
    > & { steps: readonly { target: string }[] };
    expect([status, exit]).toEqual(["failed", 7]);
    expect(fixable).toEqual(expect.arrayContaining(["own-parts", "goflags", "gosumdb-off"]));
    expect(steps.map(({ target }) => target)).toEqual(["/usr/local/bin/gofmt", "/home/ada/.config/go/env"]);
    expect(host.snapshot(places)).toEqual(before);
  });

  it("applies it, keeps the other lines, and finds nothing of it again", async () => {
    const { status, exit, changes, notices, fixable } = await doctor("--fix");
    expect([status, exit, fixable]).toEqual(["changed", 0, []]);
    expect(changes).toEqual([
      { path: "/usr/local/bin/gofmt", change: "created" },
      { path: "/home/ada/.config/go/env", change: "modified" },
    ]);
    expect(notices).toMatch(/^ {2}edit {5}~ada\/\.config\/go\/env$/m);
    expect(host.read("/home/ada/.config/go/env")).toBe("GOBIN=/home/ada/bin\n# mine\n");
    expect((await host.must(["su", "-", "ada", "-c", "go env GOFLAGS"])).stdout).toBe("\n");
    const again = await doctor("--fix");
    expect([again.status, again.changes]).toEqual(["unchanged", []]);
  });

  it("is undone by uninstall, to the byte", async () => {
    expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
    expect(host.read("/home/ada/.config/go/env")).toBe(settings);
    expect(host.snapshot(["/home/ada/.config/go/env"]).get("/home/ada/.config/go/env")).toMatchObject({ mode: 0o644 });
  });

  it("without an installation fixes nothing, and says what to do instead", async () => {
    const { status, changes, findings } = await doctor("--fix", "--only", "goflags");
    expect([status, changes]).toEqual(["unchanged", []]);
    expect(findings.map(({ remedy }) => remedy.argv)).toEqual([["go", "env", "-u", "GOFLAGS"]]);
  });
});

describe("doctor, as it is asked", () => {
  let host: LabHost;
  beforeAll(async () => {
    const release = await makeRealGoRelease("1.30.1");
    host = await createHost();
    await host.startMirror({ releases: [release], modules: [] });
    await host.addUser("ada");
    const install = ["install", "1.30.1", "--sha256", release.sha256, "--user", "ada", "--no-verify"];
    expect((await host.readygo(install)).status).toBe(0);
  });
  afterAll(() => host?.destroy());
  const ask = async (words: readonly string[], user?: string) => host.readygo(["doctor", ...words], { ...(user === undefined ? {} : { user }), timeoutMs: 180_000 }); // prettier-ignore

  it("an ID that there is not is refused with the nearest ones", async () => {
    const { error } = readJson(await ask(["gofllags", "--json"]));
    expect([error?.code, error?.exit, error?.details["did you mean"]]).toEqual([
      "usage",
      2,
      expect.stringContaining("goflags"),
    ]);
    expect(readJson(await ask(["--group", "networks", "--json"])).error?.details).toEqual({
      "did you mean": "network",
    });
    expect(readJson(await ask(["--skip", "nothing-here", "--json"])).error?.exit).toBe(2);
  });

  it("lists what it would look for, and looks at nothing", async () => {
    const { diagnostics } = readJson(await ask(["--list", "--group", "host,network", "--json"])) as unknown as { diagnostics: readonly { group: string }[] }; // prettier-ignore
    expect(diagnostics.length).toBeGreaterThan(30);
    expect(new Set(diagnostics.map(({ group }) => group))).toEqual(new Set(["network", "host"]));
    expect((await ask(["--list"])).stdout).toMatch(/^go\n {2}\S/);
  });

  it("--fail-on warning makes a warning exit 7", async () => {
    await host.must(["su", "-", "ada", "-c", "go env -w GOFLAGS=-mod=vendor"]);
    const words = ["goflags", "--user", "ada", "--json"];
    expect((await ask(words)).status).toBe(0);
    const run = await ask([...words, "--fail-on", "warning"]);
    expect([run.status, readJson(run).error?.code]).toEqual([7, "problems-found"]);
  });

  it("an ordinary user sees what that user can see, and how much needs root", async () => {
    const run = await ask([], "ada");
    expect(run.stdout).toMatch(/goflags: .*GOFLAGS=-mod=vendor/);
    expect(run.stdout).toMatch(/^\d+ need root: {2}sudo readygo doctor$/m);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const fix = readJson(await ask(["--fix", "--json"], "ada"));
    expect(fix.error?.code).toBe("rights-missing");
  });

  it("an image under --root is read, and nothing in it is started", async () => {
    await host.script(
      "mkdir -p /srv/image; cp -a /etc /home /srv/image/; mkdir -p /srv/image/usr/local /srv/image/var/lib; cp -a /usr/local/go /srv/image/usr/local/",
    );
    const run = await ask(["--root", "/srv/image", "--user", "ada", "--json"]);
    const { diagnostics } = readJson(run) as unknown as {
      diagnostics: readonly { status: string; why: string | null }[];
    };
    expect(diagnostics.some(({ status }) => status !== "skipped")).toBe(true);
    expect(diagnostics.filter(({ why }) => why === "nothing in an image is started").length).toBeGreaterThan(10);
  });
});
