import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Accounts that are in no /etc/passwd: of libnss-extrausers, and of a real LDAP server by way of nslcd. Whoever ran sudo is
// the account that is meant; one that cannot be found is named, and never replaced by root in silence.
let host: LabHost;
let release: LabArchive;

const ldif = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: example
dc: example

dn: uid=erin,dc=example,dc=com
objectClass: account
objectClass: posixAccount
cn: Erin
uid: erin
uidNumber: 3001
gidNumber: 3001
homeDirectory: /home/corp/erin
loginShell: /bin/bash

dn: cn=erin,dc=example,dc=com
objectClass: posixGroup
cn: erin
gidNumber: 3001
`;

const slapdConf = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /run/slapd.pid
database mdb
suffix dc=example,dc=com
directory /srv/ldap
`;

beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  host = await createHost({ lower: "directory", bind: [{ from: dirname(release.path), to: "/opt/release" }] });
  host.write(
    "/etc/nsswitch.conf",
    "passwd: files extrausers ldap\ngroup: files extrausers ldap\nshadow: files extrausers ldap\nhosts: files\n",
  );
  host.write("/etc/sudoers.d/all", "ALL ALL=(ALL) NOPASSWD: ALL\n", 0o440);
  host.write("/var/lib/extrausers/passwd", "dave:x:2001:2001:Dave:/home/dave:/bin/bash\n");
  host.write("/var/lib/extrausers/group", "dave:x:2001:\n");
  host.write("/var/lib/extrausers/shadow", "dave:*:19000:0:99999:7:::\n", 0o600);
  host.write("/etc/ldap/lab.conf", slapdConf);
  host.write(
    "/etc/nslcd.conf",
    "uid root\ngid root\nuri ldap://127.0.0.1/\nbase dc=example,dc=com\ntimelimit 5\nbind_timelimit 5\n",
    0o600,
  );
  host.write("/srv/erin.ldif", ldif);
  await host.script(`mkdir -p /srv/ldap /run/nslcd
    slapadd -f /etc/ldap/lab.conf -l /srv/erin.ldif
    slapd -f /etc/ldap/lab.conf -h ldap://127.0.0.1/
    nslcd
    for of in dave:2001:/home/dave erin:3001:/home/corp/erin; do
      IFS=: read name id home <<<"$of"
      mkdir -p $(dirname $home); cp -r /etc/skel $home; chown -R $id:$id $home
    done
    for try in $(seq 50); do getent passwd erin >/dev/null && break; sleep 0.2; done; getent passwd erin`);
});
afterAll(() => host?.destroy());

const install = (): string => `install 1.30.1 --source /opt/release --sha256 ${release.sha256} --no-verify --json`;
const readygo = "/opt/readygo/node /opt/readygo/dist/readygo.mjs";

describe.each([
  ["dave", "/home/dave", "extrausers"],
  ["erin", "/home/corp/erin", "LDAP"],
])("%s, an account of %s (%s)", (user, home) => {
  it("is who is meant when that account calls sudo", async () => {
    const before = [".bashrc", ".profile"].map((name) => host.read(`${home}/${name}`));
    const roots = host.read("/root/.bashrc");
    const run = readJson(
      await host.run(["su", "-", user, "-c", `sudo ${readygo} ${install()}`], { timeoutMs: 120_000 }),
    );
    expect(run).toMatchObject({ status: "changed", error: null });
    expect(host.read(`${home}/.bashrc`)).toContain("readygo");
    expect(host.read("/root/.bashrc")).toBe(roots);
    expect((await host.script(`stat -c %u ${home}/.bashrc`)).stdout.trim()).toBe(user === "dave" ? "2001" : "3001");
    expect((await host.run(["su", "-", user, "-c", "bash -ic 'command -v go' 2>/dev/null"])).stdout).toBe("/usr/local/go/bin/go\n"); // prettier-ignore
    expect(readJson(await host.run(["su", "-", user, "-c", `sudo ${readygo} ${install()}`]))).toMatchObject({ status: "unchanged" }); // prettier-ignore
    expect(readJson(await host.readygo(["doctor", "--user", user, "--group", "go,environment", "--skip", "own-parts", "--json"], { timeoutMs: 120_000 })).error).toBeNull(); // prettier-ignore
    expect((await host.readygo(["uninstall"])).status).toBe(0);
    expect([".bashrc", ".profile"].map((name) => host.read(`${home}/${name}`))).toEqual(before);
  });

  it("is known to --user", async () => {
    const run = readJson(await host.readygo([...install().split(" "), "--user", user]));
    expect(run).toMatchObject({ status: "changed", error: null });
    expect(host.read(`${home}/.bashrc`)).toContain("readygo");
    expect((await host.readygo(["uninstall"])).status).toBe(0);
  });
});

it("is named where the directory does not answer, within the bound", async () => {
  await host.script("pkill -STOP nslcd");
  const begun = performance.now();
  const run = await host.readygo(install().split(" "), { env: { SUDO_USER: "erin" }, timeoutMs: 120_000 });
  await host.script("pkill -CONT nslcd");
  expect(performance.now() - begun).toBeLessThan(60_000);
  expect(readJson(run)).toMatchObject({ status: "changed", error: null });
  expect(run.stderr).toContain("SUDO_USER names erin, an account that the host does not have");
  await host.readygo(["uninstall"]);
});
