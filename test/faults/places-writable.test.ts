import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Where somebody but root can write, that somebody decides what root installs: such a place is refused. What readygo
// makes itself is root's, and closed as far as it can be, whatever the caller's umask is.
let host: LabHost;
let release: LabArchive;

beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  host = await createHost({ bind: [{ from: dirname(release.path), to: "/opt/release" }] });
  await host.addUser("alice", "/usr/bin/fish");
});
afterAll(() => host?.destroy());

const words = (): readonly string[] =>
  ["install", "1.30.1", "--source", "/opt/release", "--sha256", release.sha256, "--no-verify", "--user", "alice"]; // prettier-ignore

it.each([
  ["/usr/local, by its group", "chmod 775 /usr/local", "chmod 755 /usr/local"],
  ["/usr/local, by everybody", "chmod 1777 /usr/local", "chmod 755 /usr/local"],
  ["/usr/local, by its owner", "chown alice /usr/local", "chown root /usr/local"],
  ["/usr", "chmod 775 /usr", "chmod 755 /usr"],
  ["/var/lib", "chmod 777 /var/lib", "chmod 755 /var/lib"],
  ["/etc", "chown alice /etc", "chown root /etc"],
  ["the store", "mkdir -m 777 /usr/local/.readygo; touch /usr/local/.readygo/x", "rm -r /usr/local/.readygo"],
  [
    "the downloads, by a link",
    "mkdir -m 755 /usr/local/.readygo; ln -s /srv /usr/local/.readygo/partial",
    "rm -r /usr/local/.readygo",
  ],
  ["readygo.ini", "touch /etc/readygo.ini; chown alice /etc/readygo.ini", "rm /etc/readygo.ini"],
  ["the state", "mkdir /var/lib/readygo; chown alice /var/lib/readygo", "rmdir /var/lib/readygo"],
])("refuses a host where another can write %s", async (_, open, close) => {
  await host.script(open);
  const look = () => host.snapshot(["/usr/local", "/var/lib/readygo", "/etc", "/home", "/run/readygo"]);
  const before = look();
  expect(readJson(await host.readygo([...words(), "--json"])).error).toMatchObject({ code: "place-unsafe", exit: 3 });
  expect(look()).toEqual(before);
  await host.script(close);
});

it.each(["000", "077"])("makes its places for root alone with umask %s", async (umask) => {
  const command = ["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", ...words()].join(" ");
  await host.script(`umask ${umask}; ${command} 2>/dev/null`);
  const found = await host.must([
    ..."find /usr/local/go /var/lib/readygo /etc/profile.d/readygo.sh /home/alice/.config".split(" "),
    ..."-maxdepth 1 -printf %p\\040%m\\040%U\\n".split(" "),
  ]);
  const alice = (await host.must(["id", "-u", "alice"])).stdout.trim();
  const lines = found.stdout
    .trim()
    .split("\n")
    .map((line) => line.replaceAll("\\040", " "));
  const modes = Object.fromEntries(lines.map((line) => [line.split(" ")[0], line.split(" ").slice(1).join(" ")]));
  expect(modes).toMatchObject({
    "/usr/local/go": "755 0",
    "/usr/local/go/bin": "755 0",
    "/usr/local/go/VERSION": "644 0",
    "/var/lib/readygo": "700 0",
    "/var/lib/readygo/receipt.json": "600 0",
    "/var/lib/readygo/tree.manifest": "600 0",
    "/etc/profile.d/readygo.sh": "644 0",
    "/home/alice/.config": `700 ${alice}`,
  });
  host.write("/home/alice/.config/fish/config.fish", "set -x A b\n");
  await host.script(`chown -R alice: /home/alice; umask ${umask}; ${command} 2>/dev/null`);
  expect(host.snapshot(["/var/lib/readygo/backups"]).get("/var/lib/readygo/backups")).toMatchObject({ mode: 0o700, uid: 0 }); // prettier-ignore
  await host.must(["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", "uninstall"]);
  await host.script("rm -rf /home/alice/.config");
});
