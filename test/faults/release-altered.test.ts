import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listFiles } from "../../scripts/release/write-sums.ts";
import type { LabHost } from "../lab/hosts/throw-away-host.ts";
import { createOwnHost, labSigningKey, ownPath } from "../lab/releases/own-release.ts";
import { releaseFiles } from "../lab/releases/release-files.ts";
import { releaseBase, startReleaseServer } from "../lab/servers/release-server.ts";
import { skipBecause } from "../lab/suite/skip-because.ts";

// Rule: whoever fetches a file of a release finds out where it is not the one that was released: the bootstrap by the hashes inside
// it, cloud-init and self-update by the signature, a person by minisign and sha256sum. apt: package-altered.test.ts.
const scratch = mkdtempSync(join(tmpdir(), "readygo-altered-"));
const copy = join(scratch, "copy");
let files: string;
beforeAll(async () => {
  files = await releaseFiles();
});
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => {
  rmSync(copy, { recursive: true, force: true });
  // As links, but what is altered.
  execFileSync("cp", ["-a", "--symbolic-link", files, copy]);
});
const put = (name: string, bytes: Uint8Array | string): void => {
  rmSync(join(copy, name));
  writeFileSync(join(copy, name), bytes);
};
const alterations: Readonly<Record<string, (name: string) => void>> = {
  "one bit of it altered": (name) => {
    const bytes = readFileSync(join(files, name));
    const at = Math.floor(bytes.length / 2);
    bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
    put(name, bytes);
  },
  "its end cut off": (name) => put(name, readFileSync(join(files, name)).subarray(0, -10)),
  "another file's bytes": (name) => put(name, readFileSync(join(files, name === "LICENSE" ? "readygo.1" : "LICENSE"))),
  "the bytes of an older release": (name) => put(name, gzipSync(`what ${name} was`)),
};

describe("by hand, with minisign and sha256sum", () => {
  it.each(Object.keys(alterations))("every file of it with %s is named", (what) => {
    const names = listFiles(files);
    for (const name of names) alterations[what]?.(name);
    const { status, stdout } = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], {
      cwd: copy,
      encoding: "utf8",
    });
    expect([status, stdout.match(/^.*(?=: FAILED$)/gm)]).toEqual([1, names]);
  });

  it("so are the sums themselves and their signature", async (context) => {
    if (spawnSync("minisign", ["-v"]).error !== undefined) skipBecause(context, "minisign is not installed");
    const { publicLine } = await labSigningKey("minisign");
    const check = (directory: string): number | null =>
      spawnSync("minisign", ["-Vm", "SHA256SUMS", "-P", publicLine], { cwd: directory }).status;
    expect(check(files)).toBe(0);
    for (const name of ["SHA256SUMS", "SHA256SUMS.minisig"]) {
      for (const [what, alter] of Object.entries(alterations)) {
        alter(name);
        expect(check(copy), `${name} with ${what}`).not.toBe(0);
      }
      put(name, readFileSync(join(files, name)));
    }
  });
});

describe("on a host", () => {
  let host: LabHost;
  let server: Awaited<ReturnType<typeof startReleaseServer>>;
  beforeAll(async () => {
    host = await createOwnHost({ lower: "server" });
    server = await startReleaseServer(host, { "": copy });
  });
  afterAll(async () => {
    await server?.stop();
    await host?.destroy();
  });

  it.each(Object.keys(alterations))("the bootstrap refuses the program with %s", async (what) => {
    await host.must(["rm", "-f", ownPath]);
    alterations[what]?.("readygo-linux-amd64.gz");
    const run = await host.run(["sh", "-s", "--", "1.30.1"], { input: readFileSync(join(files, "bootstrap.sh")) });
    expect([run.status, run.stderr]).toEqual([5, expect.stringContaining("is not what was released; nothing was run")]);
    expect((await host.must(["ls", "-A", "/usr/local/bin"])).stdout).toBe("");
  });

  const readygo = ["/opt/released", "cloud-init", "1.27", "--base", releaseBase];
  it("cloud-init pins what was signed", async () => {
    expect((await host.must(readygo)).stdout).toContain("#cloud-config");
  });

  it.each(
    Object.keys(alterations).flatMap((what) =>
      ["bootstrap.sh", "SHA256SUMS", "SHA256SUMS.minisig"].map((name) => [name, what] as const),
    ),
  )(
    // prettier-ignore
    "cloud-init refuses to pin a release whose %s has %s",
    async (name, what) => {
      alterations[what]?.(name);
      const run = await host.run(readygo);
      expect([run.status, run.stdout]).toEqual([5, ""]);
      expect(run.stderr).toMatch(/error\[self-(?:file-wrong|signature-invalid|key-unknown)\]/);
    },
  );
});
