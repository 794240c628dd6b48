import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost, ownPath, placeOwn, writeOwnRelease } from "../lab/releases/own-release.ts";

// Rule: self-update writes only where nobody but root could exchange what it has checked, brings back no former that somebody
// else could have written, follows no link that lies in its way, and leaves a package's file to its package manager.
const served = mkdtempSync(join(tmpdir(), "readygo-served-"));
const former = "/usr/local/bin/.readygo.readygo-former";
let host: LabHost;
beforeAll(async () => {
  host = await createOwnHost({ bind: [{ from: served, to: "/opt/served" }] });
  await host.addUser("bob");
});
afterAll(async () => {
  await host?.destroy();
  rmSync(served, { recursive: true });
});
beforeEach(async () => {
  await writeOwnRelease(served, { version: "9.9.9" });
  await placeOwn(host);
});
const update = async (program = ownPath, ...words: readonly string[]) =>
  await host.run([program, "self-update", "--base", "/opt/served", ...words]);

it.each([
  ["its directory is bob's", "chown bob /usr/local/bin", "chown root /usr/local/bin"],
  ["its directory can be written by all", "chmod 1777 /usr/local/bin", "chmod 755 /usr/local/bin"],
  ["a directory above is open to a group", "chmod 775 /usr/local", "chmod 755 /usr/local"],
  ["the file is bob's", `chown bob ${ownPath}`, "true"],
  ["the file can be written by a group", `chmod 775 ${ownPath}`, "true"],
])("where %s nothing is written", async (_, open, close) => {
  await host.script(open);
  const run = await update();
  await host.script(close);
  expect([run.status, run.stderr]).toEqual([3, expect.stringContaining("error[place-unsafe]")]);
  expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("readygo\n");
});

it.each([
  ["bob's", `cp /bin/true ${former}; chown bob ${former}`],
  ["open to all", `cp /bin/true ${former}; chmod 777 ${former}`],
  ["a link", `ln -s /bin/true ${former}`],
  ["a directory", `mkdir ${former}`],
])("a former that is %s is not brought back", async (_, plant) => {
  await host.script(plant);
  const run = await update(ownPath, "--rollback");
  await host.script(`rm -rf ${former}`);
  expect([run.status, run.stderr]).toEqual([3, expect.stringContaining("error[place-unsafe]")]);
});

it("a link where the new program is to be written is not followed", async () => {
  await host.script("echo kept >/opt/victim; ln -s /opt/victim /usr/local/bin/.readygo.readygo-new");
  expect((await update()).status).toBe(0);
  expect(host.read("/opt/victim")).toBe("kept\n");
});

it("a file of a package's is left to dpkg, and so is the file of another package", async () => {
  await host.script(`cp /opt/released /usr/bin/readygo
    printf 'Package: readygo\\nStatus: install ok installed\\nVersion: 0.1.0\\nArchitecture: amd64\\nMaintainer: nobody\\nDescription: it\\n\\n' >>/var/lib/dpkg/status
    printf '/.\\n/usr\\n/usr/bin\\n/usr/bin/readygo\\n' >/var/lib/dpkg/info/readygo.list`);
  const run = await update("/usr/bin/readygo");
  expect([run.status, run.stderr]).toEqual([
    3,
    expect.stringContaining("sudo apt-get update && sudo apt-get install --only-upgrade readygo"),
  ]);
  expect((await host.must(["cmp", "/usr/bin/readygo", "/opt/released"])).status).toBe(0);
});

it("an install that runs is waited for, or told", async () => {
  const holder = host.spawn(["bash", "-c", "mkdir -pm 700 /run/readygo; exec 9>/run/readygo/lock; chmod 600 /run/readygo/lock; flock 9; echo held; sleep 60"]); // prettier-ignore
  await host.script(
    "until [ -s /run/readygo/lock ] || ! flock -n /run/readygo/lock true 2>/dev/null; do sleep 0.1; done",
  );
  const run = await update();
  expect([run.status, run.stderr]).toEqual([8, expect.stringContaining("error[locked]")]);
  await holder.kill("SIGKILL");
  await holder.exited;
  expect((await update()).status).toBe(0);
});
