import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkout } from "../lab/suite/lab-cache.ts";
import { releaseBase, startReleaseServer } from "../lab/servers/release-server.ts";
import { createHost, type LabHost } from "../lab/hosts/throw-away-host.ts";

// Rule: the bootstrap runs a readygo that is there already only where nobody but root can change it after its sum was
// taken, or where it is a newer one of root's, fetches no more bytes than were released, and prints no control character that it was given.
const program = "#!/bin/sh\necho the released one\n";
const place = "/usr/local/bin/readygo";
let host: LabHost;

/** The script as a release has it, whose one file is said to have `bytes` bytes. */
function stamp(bytes: number): string {
  const sum = createHash("sha256").update(program).digest("hex");
  const files = `amd64 binary 1 ${sum}\namd64 gz ${bytes} ${"0".repeat(64)}`;
  return readFileSync(join(checkout, "scripts/bootstrap.sh"), "utf8")
    .replace("release_version=''", "release_version='1.0.0'")
    .replace("release_base=''", `release_base='${releaseBase}'`)
    .replace("release_files=''", `release_files='${files}'`);
}

beforeAll(async () => {
  host = await createHost({ lower: "server" });
});
afterAll(() => host?.destroy());

it.each([
  ["0755", true],
  ["0700", true],
  ["0775", false],
  ["0757", false],
  ["0777", false],
  ["0722", false],
])("a program with the right sum and mode %s: it is run as it is: %s", async (mode, isTaken) => {
  host.write(place, program, 0o755);
  await host.must(["chmod", mode, place]);
  const run = await host.must(["sh", "-s", "--", "--dry-run"], { input: stamp(10) });
  expect(run.stderr.split("\n")[0]).toBe(
    isTaken
      ? `bootstrap: readygo 1.0.0 is at ${place}`
      : `bootstrap: would fetch ${releaseBase}/readygo-linux-amd64.gz (10 bytes, sha256 ${"0".repeat(64)}) with curl`,
  );
});

it.each([
  ["1.0.1", "0755", true],
  ["1.10.0 (a test build)", "0755", true],
  ["0.9.9", "0755", false],
  ["2.0.0\u001b[2J", "0755", false],
  ["newer", "0755", false],
  ["2.0.0", "0757", false],
])(
  "a program that says it is %j, mode %s, stays there, as what self-update has brought: %s",
  async (says, mode, stays) => {
    host.write(place, `#!/bin/sh\nprintf '%s\\n' '${says}'\n`, 0o755);
    await host.must(["chmod", mode, place]);
    const run = await host.must(["sh", "-s", "--", "--dry-run"], { input: stamp(10) });
    expect(run.stderr.includes("newer than 1.0.0: it stays")).toBe(stays);
    expect(run.stderr.includes("would fetch")).toBe(!stays);
  },
);

it.each([
  ["escape codes", "\u001b[2J\u001b]0;title\u0007"],
  ["what dash's echo makes escape codes of", String.raw`\033[2J\0007\c`],
  ["controls of C1, one inside another", "\u009b2J\u00c2\u009b\u009b"],
  ["lines of its own", "\nbootstrap: all is well\r"],
])("prints as plain text what its environment and arguments hold: %s", async (_, text) => {
  await host.must(["rm", "-f", place]);
  const env = { READYGO_BASE: `https://user:word@base.example/${text}é` };
  const good = await host.must(["sh", "-s", "--", "--dry-run", "1.27", text], { input: stamp(10), env });
  const bad = await host.run(["sh", "-s", "--", "--dry-run"], { input: stamp(10), env: { READYGO_BASE: `${text}é` } });
  expect([bad.status, bad.stderr]).toEqual([2, expect.stringContaining("not an http or https address")]);
  for (const { stderr } of [good, bad]) {
    expect(stderr).not.toMatch(/(?!\n)\p{Cc}|\ufffd|word@/u);
    expect(stderr.split("\n").filter((line) => !/^(?:bootstrap: (?!all)| {2}hint: )/.test(line))).toEqual([""]);
    expect(stderr).toContain("é");
  }
});

it("a file that is larger than the released one is not fetched", async () => {
  await host.must(["rm", "-f", place]);
  const files = mkdtempSync(join(tmpdir(), "readygo-large-"));
  writeFileSync(join(files, "readygo-linux-amd64.gz"), Buffer.alloc(11));
  const server = await startReleaseServer(host, { "": files });
  try {
    const larger = await host.run(["sh", "-s"], { input: stamp(10) });
    expect([larger.status, larger.stderr]).toEqual([4, expect.stringContaining("could not be fetched")]);
    expect(larger.stderr).toContain("aximum file size exceeded");
    const asReleased = await host.run(["sh", "-s"], { input: stamp(11) });
    expect([asReleased.status, asReleased.stderr]).toEqual([5, expect.stringContaining("is not what was released")]);
  } finally {
    await server.stop();
    rmSync(files, { recursive: true });
  }
});

// A server that says nothing of the size, and sends without end.
it.each(["curl", "wget"] as const)(
  "%s is stopped at the released size by what writes, not by what was said",
  async (tool) => {
    const other = tool === "curl" ? "wget" : "curl";
    const bare = await createHost({ without: [`/usr/bin/${other}`] });
    try {
      const serve = `require("http").createServer((q, r) => { const more = () => { while (r.write(Buffer.alloc(65536))); }; r.on("drain", more); more(); }).listen(8000, "127.0.0.1")`;
      const server = bare.spawn(["/opt/readygo/node", "-e", serve]);
      await bare.script("until : < /dev/tcp/127.0.0.1/8000; do sleep 0.1; done 2> /dev/null");
      const env = { READYGO_BASE: "http://127.0.0.1:8000" };
      const run = await bare.run(["sh", "-s"], { input: stamp(1_000_000), env, timeoutMs: 60_000 });
      expect([run.status, run.stderr]).toEqual([4, expect.stringContaining("could not be fetched")]);
      expect(bare.loopbackBytes()).toBeLessThan(20_000_000);
      expect((await bare.script("ls /usr/local/bin | grep -c readygo. || :")).stdout).toBe("0\n");
      await server.kill("SIGKILL");
      await server.exited;
    } finally {
      await bare.destroy();
    }
  },
);
