import { describe, expect, it } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { decideArchitecture, isMountPoint } from "../../../src/host/host-facts.ts";
import { thrownBy } from "../thrown-by.ts";

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
