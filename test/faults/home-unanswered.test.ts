import { afterEach, beforeEach, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { waitFor } from "../lab/suite/wait-for.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import type { RunningCommand } from "../lab/hosts/command.ts";

// Rule: a home that gives no answer holds nobody up. The rest is done, what the home's files need is kept, a warning names
// them, `list` shows them, and the next run that gets an answer restores them. Here a user stops readygo's child.
let host: LabHost;
let shelf: ReleaseShelf;
let stopper: RunningCommand | undefined;
const bashrc = "/home/alice/.bashrc";
const own = "# alice's\n";

beforeEach(async () => {
  shelf = await stockReleases("1.30.1");
  host = await createHost({ bind: shelf.bind });
  await host.addUser("alice");
  host.write(bashrc, own);
  await host.must(["chown", "alice:", bashrc]);
});
afterEach(() => host?.destroy());

/** As alice, sends SIGSTOP to whatever readygo starts in her name. */
function stopChildren(): void {
  const script = String.raw`while (1) {
    opendir my $proc, "/proc";
    for my $pid (grep /^\d+$/, readdir $proc) {
      open my $file, "<", "/proc/$pid/cmdline" or next;
      kill STOP => $pid if (<$file> // "") =~ /\0__home\0/;
    }
    # A child takes twenty times as long to come to its first question.
    select undef, undef, undef, 0.002;
  }`;
  stopper = host.spawn(["perl", "-e", script], { user: "alice" });
}

async function letChildrenGo(): Promise<void> {
  await stopper?.kill("SIGKILL");
  await stopper?.exited;
}

type Unfinished = { readonly unfinished: readonly { readonly path: string; readonly owner: string }[] };
const unfinishedOf = async (command: string): Promise<readonly string[]> => {
  const result = readJson(await host.readygo([command, "--json"])) as unknown as Unfinished;
  return result.unfinished.map(({ path, owner }) => `${owner} ${path}`);
};

it("uninstall does the rest, and the next one restores the file, byte for byte", async () => {
  await host.must(["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", "install", ...shelf.words("1.30.1"), "--no-verify", "--user", "alice"]); // prettier-ignore
  expect(host.read(bashrc)).toContain("# >>> readygo >>>");
  stopChildren();
  const first = await host.readygo(["uninstall"]);
  expect(first.status).toBe(0);
  expect(first.stderr).toMatch(/warning: \/home\/alice\/\.bashrc could not be restored: .*gave no answer/);
  expect(first.stdout).toContain(`still to be restored, by the next run: ${bashrc}`);
  expect([host.exists("/usr/local/go"), host.exists("/var/lib/readygo/receipt.json")]).toEqual([false, false]);
  expect(host.read(bashrc)).toContain("# >>> readygo >>>");
  expect(await unfinishedOf("list")).toContain(`alice ${bashrc}`);

  await letChildrenGo();
  expect(await unfinishedOf("uninstall")).toEqual([]);
  expect(host.read(bashrc)).toBe(own);
  expect([host.exists("/var/lib/readygo"), host.exists("/usr/local/.readygo")]).toEqual([false, false]);
});

it("a run that was cut off is rolled back, and install goes on without that home", async () => {
  const run = host.spawnReadygo(["install", ...shelf.words("1.30.1"), "--user", "alice"]);
  await waitFor("the block", () => host.read(bashrc).includes("# >>> readygo >>>"));
  await run.kill("SIGKILL");
  await run.exited;
  stopChildren();
  const next = await host.readygo(["install", ...shelf.words("1.30.1"), "--no-verify", "--user", "root", "--json"]);
  expect(readJson(next)).toMatchObject({ status: "changed", error: null });
  expect(next.stderr).toContain(`${bashrc} could not be restored`);
  expect(host.exists("/var/lib/readygo/journal")).toBe(false);

  await letChildrenGo();
  expect(readJson(await host.readygo(["plan", ...shelf.words("1.30.1"), "--user", "root", "--json"]))).toMatchObject({
    error: null,
  });
  expect(host.read(bashrc)).toBe(own);
  expect(host.exists("/var/lib/readygo/unfinished.json")).toBe(false);
  expect(readJson(await host.readygo(["uninstall", "--json"])).status).toBe("changed");
  expect(host.exists("/var/lib/readygo")).toBe(false);
});
