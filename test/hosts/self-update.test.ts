import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readJson } from "../lab/hosts/read-json.ts";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost, labSigningKey, ownPath, placeOwn, writeOwnRelease } from "../lab/releases/own-release.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { releaseBase, startReleaseServer } from "../lab/servers/release-server.ts";
import { checkout } from "../lab/suite/lab-cache.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";

// readygo at its place is the single file of a release, and what is served at its base is another one: signed by the lab's key,
// its program a script that says its version.
const own = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { readonly version: string };
const served = mkdtempSync(join(tmpdir(), "readygo-served-"));
let host: LabHost;
let server: Awaited<ReturnType<typeof startReleaseServer>>;
beforeAll(async () => {
  host = await createOwnHost({ bind: [{ from: served, to: "/opt/served" }] });
  server = await startReleaseServer(host, { "": served });
});
afterAll(async () => {
  await server?.stop();
  await host?.destroy();
  rmSync(served, { recursive: true });
});
const update = (...words: readonly string[]) => host.run([ownPath, "self-update", ...words]);
const version = async (): Promise<string> => (await host.must([ownPath, "--version"])).stdout.split(/\s/)[0] ?? "";
const beside = async (): Promise<string> => (await host.must(["ls", "-A", "/usr/local/bin"])).stdout;

it("says of a test build that it is none of a release", async () => {
  const { stdout } = await host.must([ownPath, "--version"]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(a test build, signed with the test key [0-9A-F]{16}: no release\)\n$/);
  expect((await host.must([ownPath, "--version", "--no-color"])).stdout).toBe(stdout);
});

it("changes nothing where its base has the same release", async () => {
  await writeOwnRelease(served, { version: own.version });
  const before = host.snapshot(["/usr/local", "/var/lib", "/run"]);
  const run = await update();
  expect([run.status, run.stdout]).toEqual([0, `unchanged: readygo ${own.version} is the newest\n`]);
  expect(server.requests).toEqual(["/SHA256SUMS", "/SHA256SUMS.minisig"]);
  expect(host.snapshot(["/usr/local", "/var/lib", "/run"])).toEqual(before);
});

it.each(["zst", "gz"] as const)(
  "brings the newest release of its base as %s, keeps the former, and goes back",
  async (form) => {
    await placeOwn(host);
    await writeOwnRelease(served, { version: "9.10.0", forms: [form] });
    const run = await update("--json");
    expect(readJson(run)).toMatchObject({
      command: "self-update",
      status: "changed",
      exit: 0,
      version: "9.10.0",
      previous: own.version,
      changes: [{ path: ownPath, change: "replaced" }],
      checks: [],
      error: null,
    });
    expect(run.status).toBe(0);
    expect((await host.must(["stat", "-c", "%U %a", ownPath])).stdout).toBe("root 755\n");
    expect(server.requests.at(-1)).toBe(`/readygo-linux-amd64.${form}`);
    expect(await version()).toBe("9.10.0");
    expect(await beside()).toBe(".readygo.readygo-former\nreadygo\n");
    // The new one is a script that cannot: its former can.
    const back = await host.must(["/usr/local/bin/.readygo.readygo-former", "--version"]);
    expect(back.stdout).toContain(own.version);
  },
);

it("exchanges the two with --rollback, again and again, and uninstall --self takes both away", async () => {
  await placeOwn(host);
  await host.script(`cp ${ownPath} /usr/local/bin/.readygo.readygo-former`);
  const inodes = async (): Promise<string> =>
    (await host.must(["stat", "-c", "%i", ownPath, "/usr/local/bin/.readygo.readygo-former"])).stdout;
  const [first, second] = (await inodes()).trim().split("\n");
  const back = await update("--rollback");
  expect([back.status, back.stdout]).toEqual([0, expect.stringContaining(`readygo ${own.version} is at ${ownPath}`)]);
  expect(await inodes()).toBe(`${second}\n${first}\n`);
  expect((await update("--rollback")).status).toBe(0);
  expect(await inodes()).toBe(`${first}\n${second}\n`);
  await host.must([ownPath, "uninstall", "--self"]);
  expect(await beside()).toBe("");
  await placeOwn(host);
  const none = await update("--rollback");
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("no former readygo is kept")]);
});

it("takes a mirror by --base, by READYGO_BASE, and a directory", async () => {
  await writeOwnRelease(served, { version: "9.10.1" });
  for (const [words, env] of [
    [["--base", `${releaseBase}/`], {}],
    [[], { READYGO_BASE: releaseBase }],
    [["--base", "/opt/served"], { READYGO_BASE: "http://127.0.0.1:9" }],
  ] as const) {
    await placeOwn(host);
    const run = await host.run([ownPath, "self-update", "--quiet", ...words], { env });
    expect([run.status, run.stderr, await version()]).toEqual([0, "", "9.10.1"]);
  }
  await placeOwn(host);
  const away = await update("--base", "http://127.0.0.1:9");
  expect([away.status, away.stderr]).toEqual([4, expect.stringContaining("error[sources-failed]")]);
  expect(await version()).toBe(own.version);
});

it("follows a key that takes another one's place: while both sign, either is enough", async () => {
  await placeOwn(host);
  await writeOwnRelease(served, {
    version: "9.11.0",
    keys: [await labSigningKey("other"), await labSigningKey("minisign")],
  });
  const run = await update();
  expect([run.status, await version()]).toEqual([0, "9.11.0"]);
});

it("leaves what npm, or a checkout, has put there to them, and needs root", async () => {
  const checkoutRun = await host.readygo(["self-update"]);
  expect([checkoutRun.status, checkoutRun.stderr]).toEqual([3, expect.stringContaining("./scripts/bootstrap.sh")]);
  await host.script(
    "mkdir -p /usr/lib/node_modules/readygo/dist; cp /opt/readygo/dist/readygo.mjs /usr/lib/node_modules/readygo/dist",
  );
  const npm = await host.run(["/opt/readygo/node", "/usr/lib/node_modules/readygo/dist/readygo.mjs", "self-update"]);
  expect([npm.status, npm.stderr]).toEqual([3, expect.stringContaining("npm install --global FILE")]);
  await placeOwn(host);
  await host.addUser("bob");
  const user = await host.run([ownPath, "self-update"], { user: "bob" });
  expect([user.status, user.stderr]).toEqual([3, expect.stringContaining("sudo readygo self-update")]);
  const image = await update("--root", "/mnt");
  expect([image.status, image.stderr]).toEqual([2, expect.stringContaining("knows no --root")]);
});

it("is signed as Debian's minisign checks it", async (context) => {
  if (!hasMinisign()) skipBecause(context, "minisign is not installed");
  const files = await releaseFiles();
  const { publicLine } = await labSigningKey("minisign");
  const check = (): string =>
    execFileSync("minisign", ["-Vm", "SHA256SUMS", "-P", publicLine], { cwd: files, encoding: "utf8" });
  expect(check()).toContain(
    `Trusted comment: timestamp:1767225600\tfile:SHA256SUMS\tname:readygo\tversion:${own.version}`,
  );
  // By two keys: minisign reads the first.
  await writeOwnRelease(served, {
    version: "9.11.0",
    keys: [await labSigningKey("other"), await labSigningKey("minisign")],
  });
  const other = (await labSigningKey("other")).publicLine;
  expect(execFileSync("minisign", ["-Vm", "SHA256SUMS", "-P", other], { cwd: served, encoding: "utf8" })).toContain(
    "verified",
  );
});

function hasMinisign(): boolean {
  try {
    return execFileSync("sh", ["-c", "command -v minisign"], { encoding: "utf8" }) !== "";
  } catch {
    return false;
  }
}
