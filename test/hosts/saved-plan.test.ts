import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// What was reviewed is what is applied: `plan --json` is saved, and `install --plan` does that or nothing.
let host: LabHost;
let releases: readonly LabArchive[];

beforeAll(async () => {
  releases = [await makeSmallRelease("1.30.1"), await makeSmallRelease("1.30.2")];
  host = await createHost({
    bind: releases.map(({ path, version }) => ({ from: dirname(path), to: `/opt/${version}` })),
  });
  await host.addUser("alice", "/bin/bash");
});
afterAll(() => host?.destroy());

const words = (at: number): readonly string[] => {
  const { version = "", sha256 = "" } = releases[at] ?? {};
  return [version, "--source", `/opt/${version}`, "--sha256", sha256, "--user", "alice"];
};
const plan = async (...line: readonly string[]): Promise<void> => {
  const run = await host.readygo(["plan", ...line, "--json"]);
  expect(run.status).toBe(0);
  host.write("/srv/plan.json", run.stdout);
};
const apply = async (...more: readonly string[]) =>
  readJson(await host.readygo(["install", "--plan", "/srv/plan.json", "--no-verify", "--json", ...more]));
const places = ["/usr/local", "/etc", "/home", "/root", "/var/lib/readygo"];
const look = () => host.snapshot(places);

beforeEach(async () => {
  await host.readygo(["uninstall"]);
});

it("does what the plan says, and nothing when it is given again", async () => {
  await plan(...words(0), "--no-links");
  expect(await apply()).toMatchObject({ status: "changed", version: "go1.30.1", error: null });
  expect(host.exists("/usr/local/bin/go")).toBe(false);
  expect(host.read("/home/alice/.bashrc")).toContain(">>> readygo");
  const after = look();
  expect(await apply()).toMatchObject({ status: "unchanged", error: null });
  expect(look()).toEqual(after);
});

const changes = [
  ["a line in an rc file that the plan writes", "echo alias x=y >>/home/alice/.bashrc"],
  ["another Go at /usr/local/go", "mkdir -p /usr/local/go; echo go1.20.1 >/usr/local/go/VERSION"],
  ["a link at /usr/local/go", "ln -s /opt/elsewhere /usr/local/go"],
  ["a link in /usr/local/bin", "ln -s /opt/go/bin/go /usr/local/bin/go"],
  ["a file in /usr/local/bin", "echo mine >/usr/local/bin/gofmt"],
  ["what somebody wrote into our profile", "echo '# mine' >/etc/profile.d/readygo.sh"],
  ["another shell of the account", "usermod -s /usr/bin/fish alice"],
] as const;

// In CI every third.
it.each(changes.filter((_, at) => isFullMode || at % 3 === 0))("does nothing after %s", async (_, change) => {
  await plan(...words(0));
  await host.script(`cp -a /home/alice /srv/alice; ${change}`);
  const before = look();
  const run = await apply();
  expect(run.error).toMatchObject({ code: "plan-stale", exit: 9 });
  expect(run.error?.details).toMatchObject({ differences: expect.stringMatching(/^(?:planned|now): /) });
  expect(look()).toEqual(before);
  await host.script(`usermod -s /bin/bash alice; rm -rf /usr/local/go /usr/local/bin/go /usr/local/bin/gofmt /etc/profile.d/readygo.sh /home/alice
    mv /srv/alice /home/alice`);
});

it("does nothing after another readygo has been there", async () => {
  await plan(...words(1));
  expect((await host.readygo(["install", ...words(0), "--no-verify"])).status).toBe(0);
  const before = look();
  expect((await apply()).error).toMatchObject({ code: "plan-stale", exit: 9 });
  expect(look()).toEqual(before);
});

it("asks for the request alone of an edited plan", async () => {
  await plan(...words(0));
  const text = host.read("/srv/plan.json");
  const before = look();
  for (const edit of [
    (saved: Edited) => ({ ...saved, steps: [] }),
    (saved: Edited) => ({ ...saved, steps: [{ ...saved.steps[0], target: "/etc/sudoers.d/x" }, ...saved.steps.slice(1)].map((step) => ({ ...step, digest: "0".repeat(64) })) }), // prettier-ignore
    (saved: Edited) => ({ ...saved, settings: { ...saved.settings, user: "root" } }),
    (saved: Edited) => ({ ...saved, version: "go1.30.2" }),
  ]) {
    const whole = JSON.parse(text) as { readonly saved: Edited };
    host.write("/srv/plan.json", JSON.stringify({ ...whole, saved: edit(whole.saved) }));
    const { error } = await apply();
    expect([2, 3, 4, 5, 9]).toContain(error?.exit);
    expect(look()).toEqual(before);
  }
  // The words for people may say anything: what is done is made anew.
  const whole = JSON.parse(text) as { readonly saved: Edited };
  const steps = whole.saved.steps.map((step) => ({ ...step, target: "/etc/sudoers.d/x", after: "nothing" }));
  host.write("/srv/plan.json", JSON.stringify({ saved: { ...whole.saved, steps } }));
  expect(await apply()).toMatchObject({ status: "changed", version: "go1.30.1" });
  expect(host.exists("/etc/sudoers.d/x")).toBe(false);
});

interface Edited {
  readonly steps: readonly object[];
  readonly settings: object;
}

it.each([
  ["cut off", (text: string) => text.slice(0, 200), "plan-invalid"],
  ["of another schema", (text: string) => text.replace('"saved":{"schema":1', '"saved":{"schema":2'), "plan-invalid"],
  ["with an option that is none of a plan's", (text: string) => text.replace('"settings":{', '"settings":{"keep":3,'), "plan-invalid"], // prettier-ignore
  ["with a value that the option does not take", (text: string) => text.replace('"settings":{', '"settings":{"trust":"none",'), "usage"], // prettier-ignore
  ["for an image", (text: string) => text.replace('"root":""', '"root":"/mnt"'), "usage"],
])("refuses a plan %s", async (_, spoil, code) => {
  await plan(...words(0));
  host.write("/srv/plan.json", spoil(host.read("/srv/plan.json")));
  expect((await apply()).error).toMatchObject({ code, exit: 2 });
});

it("keeps no password, and refuses a version or a setting beside the plan", async () => {
  await plan(...words(0), "--proxy", "http://me:secret@127.0.0.1:9");
  expect(host.read("/srv/plan.json")).not.toContain("secret");
  expect((await apply()).error).toMatchObject({ code: "usage", summary: expect.stringContaining("--proxy") });
  await plan(...words(0));
  for (const more of [["1.30.2"], ["--user", "root"], ["--no-links"]])
    expect((await apply(...more)).error).toMatchObject({ code: "usage", exit: 2 });
});
