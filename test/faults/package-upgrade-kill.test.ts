import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { writeSmallPackage } from "../lab/releases/small-package.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// Rule: an upgrade of the package that is killed, at whatever call of dpkg's, leaves a readygo that works, and dpkg can go on.
const scratch = mkdtempSync(join(tmpdir(), "readygo-debs-"));
const kills = isFullMode ? 300 : 6;
const calls = "rename,renameat,renameat2,link,linkat,unlink,unlinkat,fsync,fchmod,fchown,ftruncate,mkdir,rmdir,symlink";
/** The program, and the libraries that it needs. */
function straceFiles(): readonly { readonly from: string; readonly to: string }[] {
  const listed = execFileSync("ldd", ["/usr/bin/strace"], { encoding: "utf8" });
  const libraries = Array.from(listed.matchAll(/=> (\/\S+)/g), ([, path = ""]) => path);
  const needed = ["/usr/bin/strace", ...libraries.filter((path) => !/\/lib(?:c|m|pthread)\.so/.test(path))];
  return needed.map((path) => ({ from: realpathSync(path), to: path.replace(/^\/lib\//, "/usr/lib/") }));
}

let host: LabHost;
let older = "";
let newer = "";
beforeAll(async () => {
  older = await writeSmallPackage(join(scratch, "older"), { version: "0.1.0", time: "2026-01-01T00:00:00Z" });
  newer = await writeSmallPackage(join(scratch, "newer"), { version: "0.2.0", time: "2026-02-01T00:00:00Z" });
  const bind = [older, newer].map((from) => ({ from, to: `/opt/debs/${basename(from)}` }));
  // A root whose dpkg knows few packages, with this machine's strace.
  host = await createHost({ lower: "minbase", bind: [...bind, ...straceFiles()] });
});
afterAll(async () => {
  await host?.destroy();
  rmSync(scratch, { recursive: true });
});

it(`leaves a working readygo, killed ${kills} times`, async () => {
  const [from, to] = [older, newer].map((path) => `/opt/debs/${basename(path)}`) as [string, string];
  await host.must(["dpkg", "--install", from]);
  await host.script(`strace -o /opt/trace -e trace=${calls} dpkg --install ${to}`);
  const last = Number((await host.script("grep -vc '^+++' /opt/trace")).stdout);
  const seen = new Map<string, number>();
  for (let kill = 0; kill < kills; kill += 1) {
    const call = 1 + Math.floor((kill * last) / kills);
    await host.must(["dpkg", "--install", from]);
    await host.run(["strace", "-o", "/dev/null", "-e", `trace=${calls}`, "-e", `inject=${calls}:signal=SIGKILL:when=${call}`, "dpkg", "--install", to]); // prettier-ignore
    const { status, stdout } = await host.run(["readygo", "--version"]);
    const version = stdout.trim();
    expect([status, version], `killed at call ${call} of ${last}`).toEqual([0, expect.stringMatching(/^0\.[12]\.0$/)]);
    seen.set(version, (seen.get(version) ?? 0) + 1);
    await host.must(["dpkg", "--install", to]);
    expect((await host.must(["readygo", "--version"])).stdout).toBe("0.2.0\n");
  }
  process.stderr.write(`dpkg: ${kills} kills at ${last} calls, left ${JSON.stringify(Object.fromEntries(seen))}\n`);
});
