import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost, ownPath, placeOwn, signOwnRelease, writeOwnRelease } from "../lab/releases/own-release.ts";

// Rule: self-update unpacks only the very bytes whose sum was signed, and a new program takes the place of the present one only
// after it has run on this host and said the version that was signed. What is refused leaves nothing behind.
const served = mkdtempSync(join(tmpdir(), "readygo-served-"));
const program = "readygo-linux-amd64.gz";
const file = join(served, program);
let host: LabHost;
beforeAll(async () => {
  host = await createOwnHost({ bind: [{ from: served, to: "/opt/served" }] });
});
afterAll(async () => {
  await host?.destroy();
  rmSync(served, { recursive: true });
});
beforeEach(async () => await writeOwnRelease(served, { version: "9.9.9", forms: ["gz"] }));
const update = async () => await host.run([ownPath, "self-update", "--base", "/opt/served"]);
const isUntouched = async (): Promise<void> => {
  expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("readygo\n");
  expect((await host.must(["cmp", ownPath, "/opt/released"])).stdout).toBe("");
};

it.each<[string, () => void]>([
  [
    "one bit",
    () =>
      writeFileSync(
        file,
        readFileSync(file).map((byte, at) => (at === 12 ? byte ^ 1 : byte)),
      ),
  ],
  ["its last byte gone", () => writeFileSync(file, readFileSync(file).subarray(0, -1))],
  ["a byte more", () => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(1)]))],
  ["nothing in it", () => writeFileSync(file, "")],
  ["another file's bytes", () => copyFileSync(join(served, "SHA256SUMS"), file)],
  ["an older release's bytes", () => writeFileSync(file, gzipSync("#!/bin/sh\necho 0.0.9\n"))],
])("a program with %s is refused before it is unpacked", async (_, alter) => {
  alter();
  const run = await update();
  expect([run.status, run.stderr]).toEqual([5, expect.stringContaining(`error[self-file-wrong]: ${program} is not what was released`)]); // prettier-ignore
  await isUntouched();
});

it("a program that is missing is told as not fetched", async () => {
  rmSync(file);
  const run = await update();
  expect([run.status, run.stderr]).toEqual([4, expect.stringContaining(`there is no /opt/served/${program}`)]);
  await isUntouched();
});

describe("signed, and of no use", () => {
  it.each<[string, string, string]>([
    ["says another version", "#!/bin/sh\necho 9.9.8\n", "says that it is readygo 9.9.8, and not 9.9.9"],
    ["fails", "#!/bin/sh\necho no >&2; exit 3\n", "does not run on this host"],
    ["cannot be started", "\u007fELF of another machine", "nothing was changed"],
    ["says nothing", "#!/bin/sh\n", "does not run on this host"],
  ])("a program that %s is not put in place", async (_, text, said) => {
    await writeOwnRelease(served, { version: "9.9.9", forms: ["gz"], program: text });
    const run = await update();
    expect([run.status, run.stderr]).toEqual([6, expect.stringContaining(said)]);
    await isUntouched();
  });

  it.each<[string, Buffer]>([
    ["is no gzip", Buffer.from("#!/bin/sh\necho 9.9.9\n")],
    ["unpacks without an end", gzipSync(Buffer.alloc(600 << 20), { level: 1 })],
  ])("a packed file that %s is not unpacked to its end", async (_, bytes) => {
    writeFileSync(file, bytes);
    await signOwnRelease(served, ["gz"], { version: "9.9.9" });
    const run = await update();
    expect([run.status, run.stderr]).toEqual([6, expect.stringContaining("nothing was changed")]);
    await isUntouched();
  });
});

it("a full disk leaves the present program, and says so", async () => {
  await writeOwnRelease(served, { version: "9.9.9", forms: ["gz"], program: Buffer.alloc(20 << 20, 35) });
  const small = await createOwnHost({ bind: [{ from: served, to: "/opt/served" }], sizeMiB: 118 });
  try {
    const run = await small.run([ownPath, "self-update", "--base", "/opt/served"]);
    expect([run.status, run.stderr]).toEqual([6, expect.stringContaining("no space left on device")]);
    expect((await small.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("readygo\n");
    await placeOwn(host);
  } finally {
    await small.destroy();
  }
});
