import { expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { makeSmallRelease } from "../lab/releases/releases.ts";
import { withHost } from "../lab/hosts/throw-away-host.ts";

// The rule: what a file was before readygo is thrown away with readygo's state only once the file has it back.
it("nothing is uninstalled while a home is read-only, and everything afterwards", async () => {
  await withHost({}, async (host) => {
    await host.addUser("alice");
    await host.startMirror({ releases: [await makeSmallRelease("1.30.1")], modules: [] });
    const before = host.read("/home/alice/.bashrc");
    expect(readJson(await host.readygo(["install", "1.30.1", "--user", "alice", "--no-verify", "--json"])).status).toBe("changed"); // prettier-ignore
    const installed = host.snapshot(["/usr/local", "/etc", "/home", "/var/lib"]);
    await host.script("mount --bind /home /home; mount -o remount,ro,bind /home");
    const refused = await host.readygo(["uninstall", "--json"]);
    expect([refused.status, readJson(refused).error?.code]).toEqual([6, "step-failed"]);
    expect(refused.stdout).toContain("its file system is read-only; nothing was changed");
    expect(host.snapshot(["/usr/local", "/etc", "/home", "/var/lib"])).toEqual(installed);
    await host.script("umount /home");
    expect(readJson(await host.readygo(["uninstall", "--json"])).status).toBe("changed");
    expect(host.read("/home/alice/.bashrc")).toBe(before);
  });
});
