import { describe, expect, it, test } from "vitest";
import { listAbove, parseFiles } from "../../../../src/doctor/host/cache-owner.ts";
import { listLeftOvers } from "../../../../src/doctor/host/left-overs.ts";
import { parseLimitsConf, parseUlimits } from "../../../../src/doctor/host/limits.ts";
import { parseAnswer, parseQuotas } from "../../../../src/doctor/host/look-at-directories.ts";
import { containerInit, memory, nameContainer, readMemory, wsl } from "../../../../src/doctor/host/surroundings.ts";
import { dpkgKernel, glibcFloor, isSameMachine, kernelFloor } from "../../../../src/doctor/host/system-floors.ts";
import { parseOsRelease } from "../../../../src/doctor/host/ubuntu-release.ts";
import { usrLocalWritable } from "../../../../src/doctor/host/usr-local-writable.ts";
import type { DoctorContext } from "../../../../src/doctor/doctor-context.ts";
import { absolutePath } from "../../../../src/host/absolute-path.ts";
import type { FileStat, ReadFiles } from "../../../../src/host/ports.ts";
import { findSupportEnd, loadUbuntuReleases } from "../../../../src/release/ubuntu-support.ts";

/** A host with these files and directories (null), and programs that print these texts. */
function makeHost(
  files: Readonly<Record<string, string | null>>,
  programs: Readonly<Record<string, string>> = {},
  modes: Readonly<Record<string, number>> = {},
): DoctorContext {
  const stat = (path: string): FileStat | undefined => {
    if (!Object.hasOwn(files, path)) return undefined;
    const kind = files[path] === null ? "directory" : "file";
    return {
      kind,
      mode: modes[path] ?? 0o755,
      uid: 0,
      gid: 0,
      size: 0,
      links: 1,
      device: "1",
      inode: "1",
      mtimeNs: "0",
      ctimeNs: "0",
    };
  };
  const machine: Partial<ReadFiles> = {
    stat,
    read: (path) => (typeof files[path] === "string" ? Buffer.from(files[path]) : undefined),
    readStart: () => undefined,
    list: (path) =>
      Object.keys(files).flatMap((each) =>
        each.startsWith(`${path}/`) ? [each.slice(path.length + 1).split("/")[0] ?? ""] : [],
      ),
    locate: (path) => path,
  };
  const context: Partial<DoctorContext> = {
    files: machine as ReadFiles,
    machine: machine as ReadFiles,
    root: "",
    release: { version: "go1.26.8" as never, architecture: "amd64" },
    processes: {
      run: async ({ argv }) => ({
        status: 0,
        signal: null,
        stdout: programs[argv[0]] ?? "",
        stderr: "",
        endedBy: null,
        durationMs: 1,
      }),
    },
  };
  return context as DoctorContext;
}

const evidence = async (found: ReturnType<typeof wsl.run>): Promise<readonly string[]> =>
  (await found).map((each) => `${each.severity}: ${each.evidence}`);

describe("where the host runs", () => {
  test("the kernel of WSL names itself", async () => {
    const version = "Linux version 6.6.87.2-microsoft-standard-WSL2 (root@af282157c79e) #1 SMP";
    expect(await evidence(wsl.run(makeHost({ "/proc/version": version })))).toHaveLength(1);
    expect(await wsl.run(makeHost({ "/proc/version": "Linux version 6.8.0-45-generic (buildd@lcy02)" }))).toEqual([]);
  });

  test.each([
    [{ "/run/systemd/container": "lxc\n" }, "lxc"],
    [{ "/.dockerenv": "" }, "docker"],
    [{ "/run/.containerenv": "" }, "podman"],
    [{}, undefined],
  ])("the marks %j are those of %s", (files, container) => {
    expect(nameContainer(makeHost(files).machine)).toBe(container);
  });

  test("a container with an init is one like any host", async () => {
    const container = { "/.dockerenv": "", "/proc/1/comm": "bash\n" };
    expect(await evidence(containerInit.run(makeHost(container)))).toEqual([
      expect.stringContaining("first process is bash"),
    ]);
    for (const more of [{ "/proc/1/comm": "systemd\n" }, { "/run/systemd/system": null }])
      expect(await containerInit.run(makeHost({ ...container, ...more }))).toEqual([]);
    expect(await containerInit.run(makeHost({ "/proc/1/comm": "bash\n" }))).toEqual([]);
  });

  test("memory is what a container may have of the machine's, swap included", async () => {
    const meminfo = "MemTotal:        2048000 kB\nMemFree: 1 kB\nSwapTotal:       1024000 kB\n";
    expect(readMemory(makeHost({ "/proc/meminfo": meminfo }).machine)).toEqual({
      bytes: 3_072_000 * 1024,
      by: "/proc/meminfo",
    });
    const bounded = { "/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": "268435456\n" };
    expect(await evidence(memory.run(makeHost(bounded)))).toEqual([expect.stringContaining("256 MiB")]);
    expect(await memory.run(makeHost({ ...bounded, "/sys/fs/cgroup/memory.max": "max\n" }))).toEqual([]);
    expect(await memory.run(makeHost({}))).toEqual([]);
  });
});

describe("the floors of a release", () => {
  const osrelease = "/proc/sys/kernel/osrelease";
  test("an old kernel is an error, an old glibc a warning", async () => {
    const old = makeHost({ [osrelease]: "2.6.32-754.el6\n" }, { getconf: "glibc 2.17\n" });
    expect(await evidence(kernelFloor.run(old))).toEqual([
      "error: the kernel is 2.6.32-754.el6, and go1.26.8 needs 3.2 or newer (https://go.dev/wiki/Linux)",
    ]);
    expect(await evidence(glibcFloor.run(old))).toEqual(["warning: glibc is 2.17, and 2.28 or newer is needed"]);
    const today = makeHost({ [osrelease]: "6.8.0-45-generic\n" }, { getconf: "glibc 2.39\n" });
    expect([await kernelFloor.run(today), await glibcFloor.run(today)]).toEqual([[], []]);
  });

  test("a kernel that only uname tells of, and a C library that is not glibc", async () => {
    const alpine = makeHost({}, { uname: "6.1.0\n", getconf: "" });
    expect(await kernelFloor.run(alpine)).toEqual([]);
    expect(await evidence(glibcFloor.run(alpine))).toEqual([expect.stringContaining("not glibc")]);
  });

  test.each([
    ["amd64", "x86_64", true],
    ["arm64", "aarch64", true],
    ["i386", "x86_64", false],
    ["armhf", "aarch64", false],
    ["arm64", "x86_64", false],
    ["riscv64", "riscv64", true],
  ])("dpkg's %s and uname's %s", (dpkg, uname, isSame) => {
    expect(isSameMachine(dpkg, uname)).toBe(isSame);
  });

  test("a 32-bit userland is told", async () => {
    const [found] = await dpkgKernel.run(makeHost({}, { dpkg: "i386\n" }));
    expect(found?.evidence).toMatch(/^dpkg --print-architecture says i386, uname -m says \w+, and the installed/);
  });
});

describe("Ubuntu's support", () => {
  it("is told by the table of readygo, on the day after its end", async () => {
    const releases = await loadUbuntuReleases();
    const at = (day: string): Date => new Date(`${day}T12:00:00Z`);
    expect(findSupportEnd(releases, "20.04", at("2025-05-29"))).toBeUndefined();
    expect(findSupportEnd(releases, "20.04", at("2025-05-30"))).toBe("2025-05-29");
    expect(findSupportEnd(releases, "26.04", at("2026-11-30"))).toBeUndefined();
    expect(findSupportEnd(releases, "99.04", at("2099-11-30"))).toBeUndefined();
  });

  it("is of the release that os-release names, with or without quotes", () => {
    expect(parseOsRelease(`ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME='Ubuntu 24.04.1 LTS'\n# c\n`)).toEqual({
      ID: "ubuntu",
      VERSION_ID: "24.04",
      PRETTY_NAME: "Ubuntu 24.04.1 LTS",
    });
  });
});

describe("directories as an account sees them", () => {
  it("reads kind, rights, room and mount", () => {
    expect(parseAnswer("/tmp", "directory\tyes\t1000 4096 500 400\t/tmp\\x20a tmpfs rw,noexec")).toEqual({
      path: "/tmp",
      kind: "directory",
      isWritable: true,
      freeBytes: 4_096_000,
      freeInodes: 400,
      mount: { point: "/tmp a", type: "tmpfs", options: ["rw", "noexec"] },
    });
  });

  it("knows nothing of what nobody told, and counts no inodes where none are", () => {
    expect(parseAnswer("/gone", "none\tno\t\t")).toEqual({
      path: "/gone",
      kind: "none",
      isWritable: null,
      freeBytes: null,
      freeInodes: null,
      mount: null,
    });
    expect(parseAnswer("/b", "other\tno\t1 4096 0 0\t")).toMatchObject({
      kind: "other",
      isWritable: false,
      freeInodes: null,
    });
  });

  it("takes a quota without a limit for none", () => {
    expect(parseQuotas("/home/ada\t900000\t1048576\0/home/bob\t5\t0\0")).toEqual([
      { path: "/home/ada", usedBytes: 900_000, mostBytes: 1_048_576 },
    ]);
  });
});

describe("limits", () => {
  const ada = { name: "ada", groups: ["dev"] };
  it("reads limits.conf for the account, its groups and everybody, and for root by name alone", () => {
    const text =
      "# ada hard nproc 1\n*  soft nofile 100 # all\n@dev hard as 1000\n@ops - nproc 3\nada - nproc 20\nada hard core 0\nada soft nofile unlimited";
    expect(parseLimitsConf("/l", text, ada).map(({ line, item, value, rank }) => [line, item, value, rank])).toEqual([
      [2, "nofile", 100, 1],
      [3, "as", 1000, 2],
      [5, "nproc", 20, 3],
    ]);
    expect(parseLimitsConf("/l", text, { name: "root", groups: ["root", "dev"] })).toEqual([]);
  });

  it("reads plain ulimit lines of shell files", () => {
    const text =
      "if x; then\n  ulimit -v 5\nfi\nulimit -S -n 64 # few\nulimit -v unlimited\nulimit -c 0\nulimit -Hu 10";
    expect(parseUlimits("/home/ada/.profile", text).map(({ line, item, value }) => [line, item, value])).toEqual([
      [4, "nofile", 64],
      [7, "nproc", 10],
    ]);
  });
});

test("directories between a home and its cache, and whose files are there", () => {
  expect(listAbove("/home/ada/.cache/x/go-build", "/home/ada")).toEqual(["/home/ada/.cache", "/home/ada/.cache/x"]);
  expect(listAbove("/srv/cache", "/home/ada")).toEqual([]);
  expect(parseFiles("root\t/a b\nc\0-\t/d\0")).toEqual([
    { owner: "root", path: "/a b\nc" },
    { owner: "-", path: "/d" },
  ]);
});

test("what readygo keeps for a rollback or uninstall is no left-over", () => {
  const { files } = makeHost({
    "/var/lib": null,
    "/var/lib/readygo.set-aside-20261130T101500000Z": null,
    "/var/lib/readygo": null,
    "/var/lib/readygo/receipt.json": "",
    "/usr/local": null,
    "/usr/local/.readygo": null,
    "/usr/local/.readygo/previous": null,
    "/usr/local/.readygo/previous/go1.26.8.linux-amd64": null,
    "/usr/local/.readygo/previous/original": null,
    "/usr/local/.readygo/previous/foreign-2": null,
    "/usr/local/.readygo/previous/damaged-go1.26.8": null,
    "/usr/local/.readygo/partial": null,
    "/usr/local/.readygo/partial/go1.27.4": "",
  });
  const receipt = {
    previous: [{ keptAs: "go1.26.8.linux-amd64" }],
    original: { kind: "directory", keptAs: "original" },
  };
  expect(listLeftOvers(files, receipt as never).map(({ path }) => path)).toEqual([
    absolutePath("/var/lib/readygo.set-aside-20261130T101500000Z"),
    absolutePath("/usr/local/.readygo/partial"),
    absolutePath("/usr/local/.readygo/previous/foreign-2"),
    absolutePath("/usr/local/.readygo/previous/damaged-go1.26.8"),
  ]);
});

test("who can write /usr/local decides what go is", async () => {
  const files = { "/usr": null, "/usr/local": null, "/usr/local/bin": null };
  expect(await usrLocalWritable.run(makeHost(files))).toEqual([]);
  const [found] = await usrLocalWritable.run(makeHost(files, {}, { "/usr/local/bin": 0o2775 }));
  expect(found?.remedy).toMatchObject({ argv: ["chmod", "go-w", "/usr/local/bin"], asRoot: true });
});
