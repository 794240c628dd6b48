import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { checkout } from "../lab/suite/lab-cache.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// A home belongs to its user, who may put links, hard links, FIFOs and directories where root is about to work, at any
// moment: nothing of that makes root read, write, make or own anything, there or elsewhere.
let host: LabHost;
let release: LabArchive;

beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  host = await createHost({ bind: [{ from: dirname(release.path), to: "/opt/release" }] });
  await host.addUser("mallory", "/usr/bin/fish");
  await host.script("mkdir -p /etc/fish/conf.d; echo '# root' >/etc/fish/config.fish; chmod 600 /etc/fish/config.fish");
  host.write("/opt/swap.pl", swap, 0o755);
  const bundle = readFileSync(join(checkout, "dist/readygo.mjs"), "utf8");
  host.write("/opt/readygo.mjs", bundle);
  const dropped = "function isDroppedTo(";
  if (!bundle.includes(dropped)) throw new Error("the bundle has no function isDroppedTo any more");
  host.write("/opt/root.mjs", bundle.replace(dropped, "function isDroppedTo() { return true; }\nfunction former("));
});
afterAll(() => host?.destroy());
afterEach(async () => {
  await host.script("rm -rf /home/mallory; cp -a /etc/skel /home/mallory; chown -R mallory: /home/mallory");
});

/** Swaps each of these names between a harmless thing and a trap, as fast as it can, until it is killed. */
const swap = `#!/usr/bin/perl
use strict; use POSIX qw(mkfifo);
chdir "/home/mallory" or die;
mkdir "traps"; mkdir "own"; mkdir "own/fish"; mkdir "own/fish/conf.d";
my $turn = 0;
while (1) {
  $turn++;
  for my $name (".bashrc", ".profile", ".config/fish/config.fish", ".config/fish/conf.d/.readygo.fish.readygo-new") {
    my $trap = "traps/t";
    unlink $trap;
    my $kind = $turn % 4;
    if ($kind == 0) { symlink "/etc/shadow", $trap }
    elsif ($kind == 1) { mkfifo $trap, 0600 }
    elsif ($kind == 2) { link "/etc/passwd", $trap or symlink "/etc/passwd", $trap }
    else { open my $file, ">", $trap; print $file "alias turn=$turn\\n"; close $file }
    rename $trap, $name;
  }
  symlink $turn % 2 ? "/etc" : "own", "traps/config";
  rmdir ".config"; rename "traps/config", ".config";
}
`;

const argv = (bundle: string): readonly string[] => ["/opt/readygo/node", bundle];

/** Installs and uninstalls for so long, while mallory acts; exit codes in order. */
async function runAgainst(bundle: string, milliseconds: number): Promise<readonly (number | null)[]> {
  const attack = host.spawn(["perl", "/opt/swap.pl"], { user: "mallory", timeoutMs: 280_000 });
  const exits: (number | null)[] = [];
  const end = performance.now() + milliseconds;
  const install = ["install", "1.30.1", "--source", "/opt/release", "--sha256", release.sha256, "--no-verify"];
  // mallory's shell may hang in a FIFO that stands for an rc file just then: it has ten seconds, not sixty.
  install.push("--timeout", "10");
  try {
    while (performance.now() < end) {
      for (const words of [[...install, "--user", "mallory"], ["uninstall"]]) {
        exits.push((await host.run([...argv(bundle), ...words], { timeoutMs: 100_000 })).status);
      }
    }
  } finally {
    await attack.kill("SIGKILL");
    await attack.exited;
  }
  return exits;
}

/** What root has made or taken over in mallory's home. */
async function findRoots(): Promise<string> {
  return (await host.must(["find", "/home/mallory", "-uid", "0", "-links", "1"])).stdout;
}

it("is lost by a user who swaps files and directories for links, hard links and FIFOs while readygo works", async () => {
  const look = () => host.snapshot(["/etc", "/root"], { except: ["/etc/profile.d"] });
  const before = look();
  const exits = await runAgainst("/opt/readygo.mjs", 5_000);
  expect(look()).toEqual(before);
  expect(await findRoots()).toBe("");
  // Done, or everything rolled back (a step or the gate failed), or what mallory made impossible to roll back reported: never a
  // bug, never a hang.
  expect(exits.filter((exit) => exit === null || ![0, 6, 7].includes(exit))).toEqual([]);
  expect(exits.length).toBeGreaterThanOrEqual(2);
  await host.must([...argv("/opt/readygo.mjs"), "uninstall"]);
  for (const place of ["/usr/local/go", "/usr/local/.readygo", "/var/lib/readygo", "/etc/profile.d/readygo.sh"]) {
    expect(`${place} ${host.exists(place)}`).toBe(`${place} false`);
  }
});

it("would be won if the child that works in a home kept root's rights: the test above sees that", async () => {
  const install = ["install", "1.30.1", "--source", "/opt/release", "--sha256", release.sha256, "--no-verify"];
  await host.run([...argv("/opt/root.mjs"), ...install, "--user", "mallory"]);
  expect(await findRoots()).toContain("/home/mallory/.config/fish/config.fish");
  await host.run([...argv("/opt/root.mjs"), "uninstall"]);
});
