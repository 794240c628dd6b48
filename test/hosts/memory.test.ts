import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkout } from "../lab/suite/lab-cache.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { officialRelease, officialVersions } from "../lab/releases/releases.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";
import { withHost } from "../lab/hosts/throw-away-host.ts";

// What a machine of 512 MB leaves when its kernel and its services have theirs. Page cache counts; there is no swap.
const mostMiB = 420;
const places = ["usr/local", "var/lib", "tmp"];

let disk: string;
beforeAll(() => {
  disk = mkdtempSync(join(tmpdir(), "readygo-disk-"));
});
afterAll(() => rmSync(disk, { recursive: true, force: true }));

it("installs and proves a real release in the memory of a small machine", async (context) => {
  if (process.env["READYGO_FULL"] !== "1") skipBecause(context, "compiles for a minute: npm run hosts -- --full");
  const version = officialVersions.older;
  const release = await officialRelease(version);
  await releaseFiles();
  const bind = [
    { from: release.path, to: `/opt/archives/${release.filename}` },
    { from: join(checkout, "dist/readygo-linux-amd64"), to: "/opt/bin/readygo" },
    { from: join(import.meta.dirname, "../lab/hosts/within-memory.sh"), to: "/opt/within-memory" },
    { from: disk, to: "/disk" },
  ];
  await withHost({ lower: "minbase", bind }, async (host) => {
    // On a real disk: a host's own is tmpfs, whose files are memory.
    await host.script(`mount -o remount,bind,rw /disk
      for place in ${places.join(" ")}; do
        mkdir -p "/disk/$place"
        chmod --reference="/$place" "/disk/$place"
        cp -a "/$place/." "/disk/$place"
        mount --bind "/disk/$place" "/$place"
      done`);
    const limited = ["sh", "/opt/within-memory", `readygo-lab-${process.pid}-memory`, String(mostMiB)];
    const install = ["/opt/bin/readygo", "install", version, "--source", "/opt/archives", "--timeout", "240"];
    const run = await host.run([...limited, ...install], { timeoutMs: 900_000 });
    process.stderr.write(`${run.stderr.trim().split("\n").at(-1)}, ${Math.round(run.durationMs / 1000)} s\n`);
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining(`go${version} linux/amd64 is installed`)]);
    expect(run.stderr).toMatch(/^memory: peak \d+ oom_kill 0$/m);
  });
});
