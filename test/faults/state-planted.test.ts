import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Rule: nothing is read, undone or deleted for a state that somebody but root can have written. The journal that is
// planted here would have root write /etc/sudoers.d/x and delete what lies outside readygo's places.
let host: LabHost;
const sudoers = "/etc/sudoers.d/x";
const commands = ["plan", "install", "verify", "doctor", "list", "rollback", "uninstall"] as const;

const planted = [
  { kind: "begin", id: "20260101T000000000Z", command: "install", at: "2026-01-01T00:00:00.000Z" },
  { kind: "write", path: sudoers, owner: null, before: { name: "x", sha256: "0".repeat(64), mode: 288 }, after: null },
];
const committed = [planted[0], { kind: "commit", deletions: ["/opt/canary", "/usr/local/.readygo/previous/../../../opt/canary"] }]; // prettier-ignore
const toJournal = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

beforeAll(async () => {
  host = await createHost();
  await host.addUser("mallory");
  await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
});
afterAll(() => host?.destroy());

const look = () =>
  host.snapshot(["/etc/sudoers.d", "/etc/profile.d", "/opt/canary", "/usr/local/go", "/var/lib/readygo"]);

async function refuses(command: string, expected: object): Promise<void> {
  const before = look();
  const words =
    command === "plan" ? ["plan", "1.30.1"] : command === "install" ? ["install", "1.30.1", "--no-verify"] : [command];
  const result = readJson(await host.readygo([...words, "--json"]));
  expect([command, result.error]).toEqual([command, expect.objectContaining(expected)]);
  expect(look()).toEqual(before);
}

describe.each([
  ["a write that root is to undo", planted],
  ["deletions that root is to finish", committed],
])("a planted journal with %s", (_, records) => {
  beforeAll(async () => {
    await host.script(`rm -rf /var/lib/readygo; mkdir -p -m 700 /var/lib/readygo /var/lib/readygo/backups
      mkdir -p /etc/sudoers.d /opt/canary; echo sings >/opt/canary/bird`);
    host.write("/var/lib/readygo/journal", toJournal(records), 0o600);
    host.write("/var/lib/readygo/backups/x", "mallory ALL=(ALL) NOPASSWD: ALL\n", 0o600);
  });

  it.each([
    ["/var/lib that everybody can write", "chmod 777 /var/lib", "chmod 755 /var/lib"],
    ["a state directory that everybody can write", "chmod 777 /var/lib/readygo", "chmod 700 /var/lib/readygo"],
    ["a state directory of another", "chown mallory /var/lib/readygo", "chown root /var/lib/readygo"],
    ["a journal of another", "chown mallory /var/lib/readygo/journal", "chown root /var/lib/readygo/journal"],
    ["backups of another", "chown mallory /var/lib/readygo/backups", "chown root /var/lib/readygo/backups"],
    ["a backup of another", "chown mallory /var/lib/readygo/backups/x", "chown root /var/lib/readygo/backups/x"],
    ["/var of another", "chown mallory /var", "chown root /var"],
  ])("in %s is not read by any command", async (where, open, close) => {
    await host.script(open);
    // One function checks all places for all commands: the first place is tried with each command, each place with one.
    const tried = where === "a state directory that everybody can write" ? commands : (["plan"] as const);
    for (const command of tried) await refuses(command, { code: "place-unsafe", exit: 3 });
    await host.script(close);
  });

  it("is refused for what it names where it is root's alone, too", async () => {
    // What writes nothing does not read it, and says that there is an unfinished run.
    for (const command of ["plan", "install", "rollback", "uninstall"] as const) {
      await refuses(command, { code: "state-invalid", exit: 6 });
    }
    expect(host.exists(sudoers)).toBe(false);
    expect(host.read("/opt/canary/bird")).toBe("sings\n");
  });

  it("is set aside by the command that is advised", async () => {
    const refused = readJson(await host.readygo(["plan", "1.30.1", "--json"]));
    expect(refused.error?.remedy).toEqual(["readygo install --adopt"]);
    const adopted = readJson(await host.readygo(["install", "1.30.1", "--adopt", "--no-verify", "--json"]));
    expect(adopted.status).toBe("changed");
    expect(host.exists(sudoers)).toBe(false);
    expect(host.read("/opt/canary/bird")).toBe("sings\n");
    const names = [...host.snapshot(["/var/lib/readygo"]).keys()];
    expect(names.filter((name) => /journal\.set-aside-\d{8}T\d{9}Z$/.test(name))).toHaveLength(1);
    expect(readJson(await host.readygo(["uninstall", "--json"])).status).toBe("changed");
    await host.script("rm -rf /var/lib/readygo");
  });
});
