import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { waitFor } from "../lab/suite/wait-for.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// The rule: a user who stands in the way of their own files being restored never keeps root from ending a run that was cut
// off. What the files need is kept, it is said, and the next run that can restores them.
describe("a run killed in its gate, and a home whose owner stands in the way", () => {
  let host: LabHost;
  let shelf: ReleaseShelf;
  const install = () => ["install", ...shelf.words("1.30.1"), "--user", "alice", "--json"];
  const bashrc = "/home/alice/.bashrc";
  beforeAll(async () => {
    shelf = await stockReleases("1.30.1");
    host = await createHost({ bind: shelf.bind });
    await host.addUser("alice");
  });
  beforeEach(async () => {
    const run = host.spawnReadygo(install());
    await waitFor("the gate's scratch directory", hasScratch);
    await run.kill("SIGKILL");
    await run.exited;
    expect(host.read(bashrc)).toContain("# >>> readygo >>>");
  });
  afterEach(() => host.script("rm -rf /tmp/readygo-*"));
  afterAll(() => host?.destroy());

  const hasScratch = (): boolean =>
    [...host.snapshot(["/tmp"]).keys()].some((path) => path.startsWith("/tmp/readygo-"));

  it.each([
    ["a FIFO", `rm ${bashrc}; mkfifo ${bashrc}`, "it is a FIFO, not a regular file"],
    ["a link to root's file", `ln -sf /etc/shadow ${bashrc}`, "it leads elsewhere, to /etc/shadow"],
    ["a second name", `ln ${bashrc} /home/alice/other`, "it has 2 hard links"],
    ["a home closed to its own owner", "chmod 0 /home/alice", "no right to it"],
  ])("%s: everything else is rolled back", async (_what, script, reason) => {
    await host.must(["sh", "-c", script], { user: "alice" });
    const shadow = host.read("/etc/shadow");
    const next = await host.readygo(["plan", ...shelf.words("1.30.1")]);
    expect(next.status).toBe(0);
    expect(
      next.stderr.split("\n").filter((line) => line.startsWith(`warning: ${bashrc} could not be restored`)),
    ).toEqual([expect.stringContaining(reason)]);
    for (const place of [
      "/usr/local/go",
      "/usr/local/.readygo",
      "/var/lib/readygo/journal",
      "/etc/profile.d/readygo.sh",
    ]) {
      expect(`${place} ${host.exists(place)}`).toBe(`${place} false`);
    }
    expect(host.read("/etc/shadow")).toBe(shadow);
    const list = readJson(await host.readygo(["list", "--json"])) as unknown as { unfinished: object[] };
    expect(list.unfinished).toContainEqual(expect.objectContaining({ path: bashrc, owner: "alice" }));

    // The owner gives way, with the text as readygo had left it, or with the one from before it.
    await host.script(`chmod 755 /home/alice; rm -f /home/alice/other; [ -f ${bashrc} ] && [ ! -L ${bashrc} ] || { rm ${bashrc}; cp /etc/skel/.bashrc ${bashrc}; }`); // prettier-ignore
    await host.must(["chown", "alice:", bashrc]);
    expect((await host.readygo(["plan", ...shelf.words("1.30.1")])).status).toBe(0);
    expect(host.read(bashrc)).toBe(host.read("/etc/skel/.bashrc"));
    expect(host.exists("/var/lib/readygo")).toBe(false);
    expect(readJson(await host.readygo([...install(), "--no-verify"])).status).toBe("changed");
    expect(readJson(await host.readygo(["uninstall", "--json"])).status).toBe("changed");
    expect(host.read(bashrc)).toBe(host.read("/etc/skel/.bashrc"));
  });
});
