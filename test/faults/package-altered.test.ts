import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";
import { writeSmallPackage } from "../lab/releases/small-package.ts";
import { startReleaseServer } from "../lab/servers/release-server.ts";

// Rule: apt takes readygo's package from readygo's repository only as it was signed, by the key in readygo.sources, and takes no
// older index once it has seen a newer one. Every file that apt fetches, altered in turn.
const scratch = mkdtempSync(join(tmpdir(), "readygo-apt-"));
const [older, newer, stranger, served] = ["older", "newer", "stranger", "served"].map((name) => join(scratch, name)) as [string, string, string, string]; // prettier-ignore
const deb = "apt/readygo_0.2.0_amd64.deb";
let host: LabHost;
let server: Awaited<ReturnType<typeof startReleaseServer>>;
beforeAll(async () => {
  await writeSmallPackage(older, { version: "0.1.0", time: "2026-01-01T00:00:00Z" });
  await writeSmallPackage(newer, { version: "0.2.0", time: "2026-02-01T00:00:00Z" });
  await writeSmallPackage(stranger, { version: "0.2.0", time: "2026-02-01T00:00:00Z", key: "other-apt.key" });
  host = await createHost({ lower: "minbase" });
  await host.script("rm -f /etc/apt/sources.list; mkdir -p /etc/apt/sources.list.d");
  host.write("/etc/apt/sources.list.d/readygo.sources", readFileSync(join(newer, "readygo.sources")));
  server = await startReleaseServer(host, { "": served });
});
afterAll(async () => {
  await server?.stop();
  await host?.destroy();
  rmSync(scratch, { recursive: true });
});
const serve = (from: string): void => cpSync(from, served, { recursive: true });
beforeEach(async () => {
  rmSync(served, { recursive: true, force: true });
  serve(newer);
  await host.script("dpkg --purge readygo 2>/dev/null || true; apt-get clean; find /var/lib/apt/lists -type f -delete");
});

/** Whether apt can be brought to install it, with no option that a person would have to be talked into. */
async function install(): Promise<{ readonly said: string; readonly version: string }> {
  const update = await host.run(["apt-get", "-q", "update"]);
  const run = await host.run(["apt-get", "-q", "install", "--yes", "--no-install-recommends", "readygo"]);
  const version = await host.run(["readygo", "--version"]);
  return { said: update.stderr + run.stdout + run.stderr, version: version.stdout.trim() };
}

const alterations: Readonly<Record<string, (file: string) => void>> = {
  "one bit of it altered": (file) =>
    writeFileSync(
      file,
      readFileSync(file).map((byte, at) => (at === 600 ? byte ^ 1 : byte)),
    ),
  "its end cut off": (file) => writeFileSync(file, readFileSync(file).subarray(0, -10)),
  "nothing in it": (file) => writeFileSync(file, ""),
  "another file's bytes": (file) => copyFileSync(join(served, "apt/Release"), file),
  "the bytes of an older release": (file) => copyFileSync(file.replace(served, older).replace("0.2.0", "0.1.0"), file),
  "the bytes that a stranger has signed": (file) => copyFileSync(file.replace(served, stranger), file),
};

it("installs what was signed", async () => {
  const before = server.requests.length;
  expect((await install()).version).toBe("0.2.0");
  const fetched = new Set(server.requests.slice(before));
  expect([...fetched].toSorted()).toEqual(["/apt/./InRelease", "/apt/./Packages.gz", `/${deb.replace("/", "/./")}`]);
});

it.each(
  ["apt/InRelease", "apt/Packages.gz", deb].flatMap((file) =>
    Object.keys(alterations).map((what) => [file, what] as const),
  ),
)("%s with %s is refused", async (file, what) => {
  // Where apt can do without a file that is damaged, it takes another form: none is left.
  if (file.endsWith("Packages.gz")) rmSync(join(served, "apt/Packages"));
  if (file.endsWith("InRelease"))
    for (const name of ["Release", "Release.gpg"]) alterations[what]?.(join(served, "apt", name));
  alterations[what]?.(join(served, file));
  // A whole older repository, its own time and signature in order, is for whoever has seen nothing newer.
  if (file.endsWith("InRelease") && what.includes("older")) serve(older);
  const { said, version } = await install();
  // A host without a memory takes the older package of an older repository; no file of the newer one with it.
  expect(version, said).toBe(file.endsWith("InRelease") && what.includes("older") ? "0.1.0" : "");
});

it("an older repository is not taken for the newer one that was seen", async () => {
  await host.must(["apt-get", "-q", "update"]);
  rmSync(served, { recursive: true });
  serve(older);
  const { said, version } = await install();
  expect([version, said]).toEqual(["", expect.stringMatching(/404|Failed to fetch/)]);
  rmSync(served, { recursive: true });
  serve(newer);
  expect((await install()).version).toBe("0.2.0");
});
