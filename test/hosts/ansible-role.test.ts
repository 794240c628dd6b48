import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFleet, type Fleet } from "../lab/fleet/fleet.ts";
import { startFileServer } from "../lab/fleet/file-server.ts";
import { play, playDirectory } from "../lab/fleet/play.ts";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { makeSmallRelease, pinRelease } from "../lab/releases/releases.ts";

// The collection as a release has it, installed by ansible-galaxy: its role brings readygo itself, by the hashes that the release
// has put into it, to a host that has Python and nothing of Ansible's.
let fleet: Fleet;
let host: LabHost;
let server: Awaited<ReturnType<typeof startFileServer>>;
let extra: Readonly<Record<string, unknown>>;
const packed = "readygo-linux-amd64.gz";

beforeAll(async () => {
  const files = await releaseFiles();
  const release = await makeSmallRelease("1.30.1");
  const [version, , sha256] = pinRelease(release);
  fleet = await createFleet({
    hosts: { one: { bind: [{ from: dirname(release.path), to: "/opt/releases" }] } },
    bind: [{ from: files, to: "/opt/release" }],
  });
  host = fleet.host("one");
  await host.script("rm -rf /usr/local/bin/readygo /usr/lib/python3/dist-packages/ansible* /usr/bin/ansible*");
  const { control } = fleet;
  const collection = basename((await control.must(["sh", "-c", "ls /opt/release/readygo-go-*.tar.gz"])).stdout.trim());
  await control.must(["ansible-galaxy", "collection", "install", "--offline", `/opt/release/${collection}`]);
  // That one, not the checkout's.
  const config = control
    .read(`${playDirectory}/ansible.cfg`)
    .replace(/^collections_path = .*$/m, "collections_path = /root/.ansible/collections");
  control.write(`${playDirectory}/ansible.cfg`, config);
  for (const directory of ["good", "evil"]) mkdirSync(control.path(`/srv/www/${directory}`), { recursive: true });
  copyFileSync(join(files, packed), control.path(`/srv/www/good/${packed}`));
  const bytes = readFileSync(join(files, packed));
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(control.path(`/srv/www/evil/${packed}`), bytes);
  server = await startFileServer(fleet, "/srv/www");
  extra = {
    install_base: `${server.base}/good`,
    install_version: version,
    install_sha256: sha256,
    install_source: ["/opt/releases"],
    install_users: ["deploy"],
  };
  control.write(`${playDirectory}/site.yml`, JSON.stringify(site));
});
afterAll(async () => {
  await server?.stop();
  await fleet?.destroy();
});

const site = [
  {
    hosts: "all",
    gather_facts: false,
    roles: ["readygo.go.install"],
    post_tasks: [{ name: "say", "ansible.builtin.debug": { var: "install_go" } }],
    handlers: [{ name: "Mine", "ansible.builtin.debug": { msg: "told" }, listen: "Readygo changed go" }],
  },
];

it("refuses a readygo that is not what was released, and leaves nothing", async () => {
  const evil = await play(fleet, "site.yml", { extra: { ...extra, install_base: `${server.base}/evil` } });
  expect(evil.result("one", "readygo.go.install : Bring readygo"), evil.text).toMatchObject({
    failed: true,
    code: "checksum-mismatch",
    parameter: "base",
  });
  expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("");
});

it("says in check mode what it would fetch, and fetches nothing", async () => {
  const before = server.requests.length;
  const checked = await play(fleet, "site.yml", { extra, check: true });
  expect(checked.result("one", "readygo.go.install : Bring readygo"), checked.text).toMatchObject({
    changed: true,
    url: `${server.base}/good/${packed}`,
  });
  expect([checked.status, server.requests.length - before]).toEqual([0, 0]);
});

it("brings readygo and Go, tells handlers, sets a fact, and changes nothing again", async () => {
  const first = await play(fleet, "site.yml", { extra });
  expect(first.stats["one"], first.text).toMatchObject({ failures: 0 });
  expect(first.result("one", "say")["install_go"]).toEqual({
    installed: "go1.30.1",
    previous: "",
    ours: true,
    goroot: "/usr/local/go",
  });
  expect(first.result("one", "Mine")).toMatchObject({ msg: "told" });
  expect(first.result("one", "readygo.go.install : Prove the new Go")).toMatchObject({ is_verified: true });
  expect((await host.must(["/usr/local/bin/readygo", "--version"])).stdout).toMatch(/^readygo \d|^\d/);
  const again = await play(fleet, "site.yml", { extra });
  expect(again.stats["one"], again.text).toMatchObject({ changed: 0, failures: 0 });
  expect(() => again.result("one", "Mine")).toThrow("no result");
  const asked = server.requests.filter(({ path }) => path.startsWith("/good"));
  expect(asked.map(({ path }) => path)).toEqual([`/good/${packed}`]);
});
