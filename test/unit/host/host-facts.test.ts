import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { decideArchitecture, isMountPoint, readArchitectureWitnesses } from "../../../src/host/host-facts.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { thrownBy } from "../thrown-by.ts";

describe("readArchitectureWitnesses", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "readygo-facts-"));
    mkdirSync(join(root, "usr/bin"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** What is said of the userland, and how often a program had to be asked. */
  async function read(): Promise<{ dpkg: string; asked: number }> {
    let asked = 0;
    const { dpkg } = await readArchitectureWitnesses(createRealFiles(root), {
      run: async ({ argv }) => {
        expect(argv).toEqual(["dpkg", "--print-architecture"]);
        asked += 1;
        const stdout = "i386\n";
        return { status: 0, signal: null, stdout, stderr: "", endedBy: null, durationMs: 1 };
      },
    });
    return { dpkg, asked };
  }

  // EI_CLASS (2 for 64 bits) and e_machine: elf(5).
  it.each([
    ["amd64", { bits: 2, machine: 62 }, { dpkg: "amd64", asked: 0 }],
    ["arm64", { bits: 2, machine: 183 }, { dpkg: "arm64", asked: 0 }],
    ["x32", { bits: 1, machine: 62 }, { dpkg: "i386", asked: 1 }],
    ["i386", { bits: 1, machine: 3 }, { dpkg: "i386", asked: 1 }],
    ["riscv64", { bits: 2, machine: 243 }, { dpkg: "i386", asked: 1 }],
  ] as const)(
    "takes from dpkg's own header what it would print, where that is enough: %s",
    async (_, elf, expected) => {
      const header = Buffer.alloc(64);
      header.set([0x7f, 0x45, 0x4c, 0x46, elf.bits]);
      header[18] = elf.machine;
      writeFileSync(join(root, "usr/bin/dpkg"), header);
      expect(await read()).toEqual(expected);
    },
  );

  it("asks a dpkg that is a script, and one that lies elsewhere", async () => {
    expect(await read()).toEqual({ dpkg: "i386", asked: 1 });
    writeFileSync(join(root, "usr/bin/dpkg"), "#!/bin/sh\necho i386\n");
    expect(await read()).toEqual({ dpkg: "i386", asked: 1 });
  });
});

describe("decideArchitecture", () => {
  it.each([
    [{ dpkg: "amd64", uname: "x86_64", process: "x64" }, "amd64"],
    [{ dpkg: "arm64", uname: "aarch64", process: "arm64" }, "arm64"],
  ] as const)("takes what all witnesses say: %o", (witnesses, architecture) => {
    expect(decideArchitecture(witnesses)).toEqual({ architecture, note: undefined });
  });

  it.each([
    ["an arm64 root whose kernel is not", { dpkg: "arm64", uname: "x86_64", process: "arm64" }, "arm64"],
    ["a readygo that is translated", { dpkg: "arm64", uname: "aarch64", process: "x64" }, "arm64"],
  ] as const)("goes by the userland, and says so, for %s", (_what, witnesses, architecture) => {
    const decided = decideArchitecture(witnesses);
    expect(decided.architecture).toBe(architecture);
    expect(decided.note).toContain("an emulated process");
  });

  it.each([
    [{ dpkg: "i386", uname: "x86_64", process: "ia32" }, "a 32-bit userland (i386) on a 64-bit kernel (x86_64)"],
    [{ dpkg: "armhf", uname: "aarch64", process: "arm" }, "a 32-bit userland (armhf) on a 64-bit kernel (aarch64)"],
    [{ dpkg: "riscv64", uname: "riscv64", process: "riscv64" }, "no Go release is provisioned for riscv64"],
    [{ dpkg: "i386", uname: "i686", process: "ia32" }, "no Go release is provisioned for i386"],
  ] as const)("refuses %o", (witnesses, message) => {
    const error = thrownBy(() => decideArchitecture(witnesses), ProvisionError);
    expect([error.code, error.exit, error.message]).toEqual(["arch-unsupported", 3, message]);
  });
});

describe("isMountPoint", () => {
  const mountInfo = [
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
    "40 22 0:35 / /usr/local/go rw - tmpfs tmpfs rw",
    "41 22 0:36 / /srv/my\\040image/usr/local/go rw - tmpfs tmpfs rw",
    "",
  ].join("\n");

  it.each([
    ["/usr/local/go", true],
    ["/srv/my image/usr/local/go", true],
    ["/usr/local", false],
    ["/usr/local/go/bin", false],
  ])("of %s: %s", (path, is) => {
    expect(isMountPoint(mountInfo, path)).toBe(is);
  });
});
