import { dirname } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// What stands on the way to an rc file, or keeps it from being replaced: readygo says so, and either does the rest or
// puts everything back.
let host: LabHost;
let source: readonly string[];
const home = "/home/alice";

beforeAll(async () => {
  const release = await makeSmallRelease("1.30.1");
  source = ["1.30.1", "--source", "/opt/release", "--sha256", release.sha256, "--user", "alice"];
  host = await createHost({ bind: [{ from: dirname(release.path), to: "/opt/release" }] });
  await host.addUser("alice");
});
afterAll(() => host?.destroy());
afterEach(async () => {
  await host.script(`chattr -i ${home}/.bashrc 2>/dev/null || true`);
  await host.readygo(["uninstall"]);
  await host.script(`rm -rf ${home}/.config; printf 'alias a=b\\n' >${home}/.bashrc; chown alice: ${home}/.bashrc`);
});

const install = async () => {
  const run = await host.readygo(["install", ...source, "--no-verify", "--json"], { timeoutMs: 60_000 });
  return { ...readJson(run), words: run.stderr };
};
const look = () => host.snapshot([home, "/usr/local/go", "/usr/local/.readygo", "/var/lib/readygo", "/etc/profile.d"]);
const timeless = () => [...look()].map(([path, entry]) => [path, { ...entry, mtimeNs: "" }]);

it.each([
  ["a file at ~/.config", `echo x >${home}/.config`, "is not a directory"],
  ["a FIFO at ~/.config", `mkfifo ${home}/.config`, "is not a directory"],
  ["a link to /etc at ~/.config", `ln -s /etc ${home}/.config`, "it leads elsewhere"],
  [
    "a directory of root's at ~/.config",
    `install -d -o root -m 755 ${home}/.config`,
    "cannot be written by the account",
  ],
  [
    "a file at ~/.config/fish",
    `install -d -o alice ${home}/.config; echo x >${home}/.config/fish`,
    "is not a directory",
  ],
])("%s: fish's files are left alone, the others edited, and all of it given back", async (_, make, words) => {
  await host.script(make);
  const before = timeless();
  const run = await install();
  expect(run.error).toBeNull();
  expect(run.words).toContain(words);
  expect(host.read(`${home}/.bashrc`)).toContain("# >>> readygo >>>");
  expect(readJson(await host.readygo(["uninstall", "--json"])).error).toBeNull();
  expect(timeless()).toEqual(before);
});

it("an immutable .bashrc: everything is rolled back, and what to do is said", async (context) => {
  if ((await host.run(["chattr", "+i", `${home}/.bashrc`])).status !== 0) {
    skipBecause(context, "the host's file system has no immutable flag");
  }
  const before = timeless();
  const run = await install();
  expect(run.error).toMatchObject({ code: "step-failed", exit: 6 });
  expect(run.error?.remedy.join()).toContain(`lsattr ${home}/.bashrc`);
  expect(timeless()).toEqual(before);
});
