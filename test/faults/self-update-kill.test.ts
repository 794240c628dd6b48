import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost, ownPath, writeOwnRelease } from "../lab/releases/own-release.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// Rule: a self-update that is killed, at whatever call, leaves the readygo that was there or the new one, whole and at its place,
// and nothing that the next run cannot deal with. The state that one kill leaves is where the next run begins.
const served = mkdtempSync(join(tmpdir(), "readygo-served-"));
const kept = "/opt/kept";
const former = "/usr/local/bin/.readygo.readygo-former";
const kills = isFullMode ? 300 : 8;
/** Calls that change a file or a name; the main thread makes all of readygo's own. */
const calls = "link,linkat,rename,renameat,renameat2,unlink,unlinkat,fsync,fchmod,ftruncate,flock,mkdir,rmdir,write";
let host: LabHost;
beforeAll(async () => {
  host = await createOwnHost({ lower: "machine", bind: [{ from: served, to: "/opt/served" }] });
  await host.must(["cp", ownPath, kept]);
  // 300 kB, in several writes.
  await writeOwnRelease(served, { version: "9.9.9", program: `#!/bin/sh\necho 9.9.9\nexit\n${"#".repeat(300_000)}` });
});
afterAll(async () => {
  await host?.destroy();
  rmSync(served, { recursive: true });
});

const update = ["self-update", "--base", "/opt/served"];
const version = async (path: string): Promise<string> => {
  const run = await host.run([path, "--version"]);
  return run.status === 0 ? (run.stdout.split(/\s/)[0] ?? "") : `status ${run.status}`;
};
/** The one that can update itself stands at its place again, whatever lies beside it. */
const bringOwn = async (): Promise<unknown> => await host.must(["ln", "-f", kept, ownPath]);

/** How many of its calls there are between its lock and its end, on the main thread. */
async function countCalls(words: readonly string[]): Promise<{ readonly first: number; readonly last: number }> {
  await bringOwn();
  await host.script(`rm -f /opt/trace*; strace -ff -o /opt/trace -e trace=${calls} ${ownPath} ${words.join(" ")}`);
  const { stdout } = await host.script("grep -l run/readygo/lock /opt/trace* | head -n 1 | xargs cat");
  const lines = stdout.trim().split("\n");
  const first = lines.findIndex((line) => line.includes("/run/readygo")) + 1;
  return { first, last: lines.filter((line) => !line.startsWith("+++")).length };
}

it(`leaves a working readygo, killed ${kills} times`, async () => {
  const seen = new Map<string, number>();
  const operations = [update, ["self-update", "--rollback"]];
  const bounds = [];
  for (const words of operations) {
    await host.must(["cp", "--remove-destination", kept, former]);
    bounds.push(await countCalls(words));
  }
  for (let kill = 0; kill < kills; kill += 1) {
    const at = kill % operations.length;
    const [words, bound] = [operations[at] ?? update, bounds[at] ?? { first: 1, last: 1 }];
    const span = bound.last - bound.first + 1;
    const rounds = Math.ceil(kills / operations.length);
    const call =
      bound.first + (Math.floor((Math.floor(kill / operations.length) * span) / Math.min(rounds, span)) % span);
    await bringOwn();
    const strace = ["strace", "-f", "-o", "/dev/null", "-e", `trace=${calls}`, "-e", `inject=${calls}:signal=SIGKILL:when=${call}`]; // prettier-ignore
    await host.run([...strace, ownPath, ...words]);
    const now = await version(ownPath);
    expect(["0.1.0", "9.9.9"], `${words.join(" ")} killed at call ${call}`).toContain(now);
    seen.set(now, (seen.get(now) ?? 0) + 1);
    // What it left is dealt with by the next run, whichever readygo that is.
    if (kill % 3 === 0) {
      await bringOwn();
      const next = await host.must([ownPath, ...update]);
      expect(next.stdout).toContain("readygo 9.9.9 is at");
      const names = (await host.script("cd /usr/local/bin; ls -dA .readygo* readygo*")).stdout;
      expect(names).toBe(".readygo.readygo-former\nreadygo\n");
      expect(await version(former)).toBe("0.1.0");
    }
  }
  process.stderr.write(
    `self-update: ${kills} kills, left ${JSON.stringify(Object.fromEntries(seen))}; calls ${JSON.stringify(bounds)}\n`,
  );
  expect(seen.get("0.1.0")).toBeGreaterThan(0);
});
