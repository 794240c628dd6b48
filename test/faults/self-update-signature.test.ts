import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost, labSigningKey, ownPath, writeOwnRelease } from "../lab/releases/own-release.ts";
import { startReleaseServer } from "../lab/servers/release-server.ts";

// Rule: self-update fetches, reads and starts nothing of a release before a key that this readygo knows has been found to have
// signed its SHA256SUMS, as a release of readygo, with the version beside it.
const served = mkdtempSync(join(tmpdir(), "readygo-served-"));
const [sums, signature] = [join(served, "SHA256SUMS"), join(served, "SHA256SUMS.minisig")];
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
beforeEach(async () => await writeOwnRelease(served, { version: "9.9.9" }));

const usual = "timestamp:1\tfile:SHA256SUMS\tname:readygo\tversion:9.9.9\thashed";
const alterLine = (at: number, alter: (line: string) => string): void => {
  const lines = readFileSync(signature, "utf8").split("\n");
  lines[at] = alter(lines[at] ?? "");
  writeFileSync(signature, lines.join("\n"));
};
const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file);
  bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
  writeFileSync(file, bytes);
};
/** One bit of what a line of base64 stands for. */
const flipBase64 = (line: string, at: number): string => {
  const bytes = Buffer.from(line, "base64");
  bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
  return bytes.toString("base64");
};
const resign = async (key: "minisign" | "other", comment: string): Promise<void> =>
  await writeOwnRelease(served, { version: "9.9.9", keys: [await labSigningKey(key)], comment });

it.each<[string, string, () => Promise<void> | void]>([
  ["a bit of a sum", "self-signature-invalid", () => flip(sums, 3)],
  ["a bit of a name", "self-signature-invalid", () => flip(sums, 80)],
  ["sums that were cut", "self-signature-invalid", () => writeFileSync(sums, readFileSync(sums).subarray(0, -4))],
  ["no sums at all", "self-signature-invalid", () => writeFileSync(sums, "")],
  ["a line more", "self-signature-invalid", () => writeFileSync(sums, `${readFileSync(sums, "utf8")}\n`)],
  ["a bit of the signature", "self-signature-invalid", () => alterLine(1, (line) => flipBase64(line, 40))],
  ["a bit of the key's number", "self-key-unknown", () => alterLine(1, (line) => flipBase64(line, 4))],
  [
    "the form that minisign no longer makes",
    "self-signature-invalid",
    () => alterLine(1, (line) => `RW${line.slice(2)}`),
  ],
  [
    "another version in the comment",
    "self-signature-invalid",
    () => alterLine(2, (line) => line.replace("9.9.9", "9.9.10")),
  ],
  ["a bit of the comment's signature", "self-signature-invalid", () => alterLine(3, (line) => flipBase64(line, 0))],
  ["base64 that is none", "self-signature-invalid", () => alterLine(1, (line) => `${line}*`)],
  [
    "a signature that was cut",
    "self-signature-invalid",
    () => writeFileSync(signature, readFileSync(signature).subarray(0, 90)),
  ],
  ["an empty signature", "self-signature-invalid", () => writeFileSync(signature, "")],
  ["a web page", "self-signature-invalid", () => writeFileSync(signature, "<html>sign in</html>\n")],
  ["another key", "self-key-unknown", () => resign("other", usual)],
  [
    "a comment without a version",
    "self-signature-invalid",
    () => resign("minisign", usual.replace(/version:\S+\t/, "")),
  ],
  ["a version that is none", "self-signature-invalid", () => resign("minisign", usual.replace("9.9.9", "9.9.9~rc1"))],
  [
    "another file's signature",
    "self-signature-invalid",
    () => resign("minisign", usual.replace("SHA256SUMS", "notes")),
  ],
  ["another program's sums", "self-signature-invalid", () => resign("minisign", usual.replace("readygo", "another"))],
])("%s is refused (%s), and nothing else is fetched", async (_, code, alter) => {
  await alter();
  const before = server.requests.length;
  const run = await host.run([ownPath, "self-update"]);
  expect([run.status, run.stderr]).toEqual([5, expect.stringContaining(`error[${code}]`)]);
  expect(server.requests.slice(before)).toEqual(["/SHA256SUMS", "/SHA256SUMS.minisig"]);
  expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("readygo\n");
});

it("a signature of another release does not serve for this one", async () => {
  const older = readFileSync(signature);
  await writeOwnRelease(served, { version: "9.9.10" });
  writeFileSync(signature, older);
  const run = await host.run([ownPath, "self-update"]);
  expect([run.status, run.stderr]).toEqual([
    5,
    expect.stringContaining("SHA256SUMS.minisig is not over this SHA256SUMS"),
  ]);
});

it("a first signature of a known key that is bad is not passed over for a second one", async () => {
  const good = readFileSync(signature, "utf8");
  alterLine(1, (line) => flipBase64(line, 40));
  writeFileSync(signature, readFileSync(signature, "utf8") + good);
  expect((await host.run([ownPath, "self-update"])).status).toBe(5);
});

it("sums without an end are not read to it", async () => {
  writeFileSync(sums, Buffer.alloc(1 << 20, "0"));
  const run = await host.run([ownPath, "self-update"]);
  expect([run.status, run.stderr]).toEqual([4, expect.stringContaining("it answers more than 65536 bytes")]);
});
