import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost, ownPath, writeOwnRelease } from "../lab/releases/own-release.ts";
import { startReleaseServer } from "../lab/servers/release-server.ts";

// Rule: a release that is older than the readygo that runs is refused, however well it is signed: who serves it may know what
// is wrong with it. Only --rollback goes back, and only to what this host has had.
const served = mkdtempSync(join(tmpdir(), "readygo-served-"));
let host: LabHost;
let server: Awaited<ReturnType<typeof startReleaseServer>>;
beforeAll(async () => {
  host = await createOwnHost();
  server = await startReleaseServer(host, { "": served });
});
afterAll(async () => {
  await server?.stop();
  await host?.destroy();
  rmSync(served, { recursive: true });
});

it.each(["0.0.9", "0.0.100"])(
  "readygo %s, signed by the right key, is refused before it is fetched",
  async (version) => {
    await writeOwnRelease(served, { version });
    const before = server.requests.length;
    const run = await host.run([ownPath, "self-update"]);
    expect([run.status, run.stderr]).toEqual([5, expect.stringContaining("error[self-version-lower]")]);
    expect(server.requests.slice(before)).toEqual(["/SHA256SUMS", "/SHA256SUMS.minisig"]);
    expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("readygo\n");
  },
);

it("numbers are compared as numbers", async () => {
  await writeOwnRelease(served, { version: "0.10.0" });
  expect((await host.must([ownPath, "self-update"])).stdout).toContain("readygo 0.10.0 is at");
});
