import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import { type ReleaseShelf, stockReleases } from "../lab/releases/release-shelf.ts";
import { waitFor } from "../lab/suite/wait-for.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Rule: a backup is written over a user's file only where it is, byte for byte, what was backed up. One that was cut,
// emptied or changed counts as missing: readygo's part is taken out of the file, and nothing else.
let host: LabHost;
let shelf: ReleaseShelf;
const bashrc = "/home/alice/.bashrc";
const own = "export GOROOT=/opt/go\nPATH=$GOROOT/bin:$PATH\nalias ll='ls -l'\n";

beforeEach(async () => {
  shelf = await stockReleases("1.30.1");
  host = await createHost({ bind: shelf.bind });
  await host.addUser("alice");
  await host.script(
    "mkdir -p /opt/go/bin /opt/go/pkg/tool; printf '#!/bin/sh\n' >/opt/go/bin/go; chmod 755 /opt/go/bin/go",
  );
  host.write(bashrc, own);
  await host.must(["chown", "alice:", bashrc]);
});
afterEach(() => host?.destroy());

const spoilings: readonly (readonly [string, string])[] = [
  ["cut", 'for f in /var/lib/readygo/backups/*; do truncate -s 10 "$f"; done'],
  [
    "changed in one byte",
    'for f in /var/lib/readygo/backups/*; do printf X | dd of="$f" conv=notrunc status=none; done',
  ],
  ["deleted", "rm /var/lib/readygo/backups/*"],
];

describe.each(spoilings)("a backup that was %s", (kind, spoil) => {
  it("is not what uninstall gives back", async () => {
    await host.must(["/opt/readygo/node", "/opt/readygo/dist/readygo.mjs", "install", ...shelf.words("1.30.1"), "--no-verify", "--user", "alice"]); // prettier-ignore
    expect(host.read(bashrc)).toContain("# >>> readygo >>>");
    await host.script(spoil);
    const result = await host.readygo(["uninstall"]);
    expect(result.status).toBe(0);
    expect(result.stderr).toMatch(/warning: .*the backup of \/home\/alice\/\.bashrc, is gone or was changed/);
    expect(host.read(bashrc)).toBe(own);
  });

  // A host and a killed run each: one kind stands for all, which test/unit/apply/undo.test.ts has.
  if (kind !== "cut") return;
  it("is not what an undo writes", async () => {
    const words = ["install", ...shelf.words("1.30.1"), "--user", "alice", "--module", "example.com/m@v1.0.0"];
    const run = host.spawnReadygo(words);
    const isInGate = (): boolean =>
      [...host.snapshot(["/tmp"]).keys()].some((path) => path.startsWith("/tmp/readygo-"));
    await waitFor("the gate's scratch directory", isInGate);
    await run.kill("SIGKILL");
    await run.exited;
    expect(host.read(bashrc)).toContain("# >>> readygo >>>");
    await host.script(spoil);
    const next = await host.readygo(["plan", ...shelf.words("1.30.1")]);
    expect(next.status).toBe(0);
    expect(next.stderr).toContain(`warning: ${bashrc} is not as it was: its backup `);
    expect(host.read(bashrc)).toBe(own);
    expect(readJson(await host.readygo(["plan", ...shelf.words("1.30.1"), "--json"])).error).toBeNull();
  });
});
