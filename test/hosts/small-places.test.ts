import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../lab/hosts/command.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease, officialRelease, officialVersions } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";

// Containers and appliances have a tiny or noexec /tmp, read-only directories, or no /proc. That is found before a byte is
// fetched, or another place is used.
let host: LabHost;
let small: LabArchive;
let real: LabArchive;

beforeAll(async () => {
  [small, real] = [await makeSmallRelease("1.30.1"), await officialRelease(officialVersions.older)];
  host = await createHost({
    bind: [small, real].map(({ path, version }) => ({ from: dirname(path), to: `/opt/${version}` })),
  });
});
afterAll(() => host?.destroy());

const run = (command: string, { version, sha256 }: LabArchive, env: Readonly<Record<string, string>> = {}) =>
  host.readygo(`${command} ${version} --source /opt/${version} --sha256 ${sha256} --json`.split(" "), {
    env,
    timeoutMs: 280_000,
  });
const errorOf = (result: CommandResult) => readJson(result).error;

it("says before the download that no temporary directory can hold a build, and takes one that can", async () => {
  await host.script(
    "mount -t tmpfs -o size=20m,mode=1777 tmpfs /tmp; for at in /var/tmp /dev/shm; do mount -t tmpfs -o noexec,mode=1777 tmpfs $at; done",
  );
  expect(errorOf(await run("plan", real))).toMatchObject({
    code: "space-missing",
    exit: 3,
    details: { "/tmp": expect.stringMatching(/^has \d+ MiB free/), "/var/tmp": expect.stringMatching(/noexec/) },
  });
  await host.script("mkdir -p /srv/room");
  expect((await run("plan", real, { TMPDIR: "/srv/room" })).status).toBe(0);
  await host.script("umount /var/tmp /dev/shm");
});

it("builds in /var/tmp where /tmp is small, and leaves nothing there", async (context) => {
  onlyInFullMode(context);
  const installed = readJson(await run("install", real));
  expect(installed).toMatchObject({ status: "changed", error: null });
  expect((await host.script("ls -A /tmp /var/tmp")).stdout).not.toContain("readygo");
  expect((await host.readygo(["uninstall"])).status).toBe(0);
});

it.each([
  ["/usr/local", "/usr/local"],
  ["/etc", "/etc/profile.d"],
  ["/var/lib", "/var/lib"],
])("finds in `plan` that %s is read-only", async (place, named) => {
  await host.script(`mount --bind ${place} ${place}; mount -o remount,ro,bind ${place}`);
  for (const command of ["plan", "install"]) {
    const error = errorOf(await run(command, small));
    expect(error).toMatchObject({ code: "place-read-only", exit: 3 });
    expect(error?.summary).toContain(named);
  }
  await host.script(`umount ${place}`);
});

it.each(["plan", "install"])("finds in `%s` that /proc is missing", async (command) => {
  // Mounted over, so that the lab can look into the host.
  const words = `/opt/readygo/node /opt/readygo/dist/readygo.mjs ${command} go1.30.1 --source /opt/go1.30.1 --json`;
  const result = await host.run(["unshare", "-m", "sh", "-c", `mount -t tmpfs tmpfs /proc; exec ${words}`]);
  expect(errorOf(result)).toMatchObject({
    code: "host-unreadable",
    exit: 3,
    summary: "/proc is not mounted",
    remedy: ["mount -t proc proc /proc"],
  });
});

it("asks for no more room than a release takes", async (context) => {
  onlyInFullMode(context);
  // The archive, and the tree of 270 MB.
  await host.script("mount -t tmpfs -o size=355m,mode=755 tmpfs /usr/local");
  expect((await run("install", real, {})).status).toBe(0);
  expect((await host.readygo(["uninstall"])).status).toBe(0);
  await host.script("umount /usr/local; mount -t tmpfs -o size=250m,mode=755 tmpfs /usr/local");
  expect(errorOf(await run("plan", real))).toMatchObject({ code: "space-missing", exit: 3 });
  await host.script("umount /usr/local");
});
