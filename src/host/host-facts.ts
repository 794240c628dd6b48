import { machine } from "node:os";
import { ProvisionError } from "../errors/provision-error.ts";
import { parseArchitecture, parseElfArchitecture, type Architecture } from "../release/architecture.ts";
import { absolutePath, type AbsolutePath } from "./absolute-path.ts";
import type { Processes, ReadFiles } from "./ports.ts";

export const systemEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
};

/** How the three witnesses of an architecture answer, in their own names. */
export interface ArchitectureWitnesses {
  /** What `dpkg --print-architecture` says: of the userland. */
  readonly dpkg: string;
  /** uname(2), as `uname -m` prints it: of the kernel, or of whoever emulates one. */
  readonly uname: string;
  /** `process.arch`: of the node that runs readygo. */
  readonly process: string;
}

const dpkgBinary = absolutePath("/usr/bin/dpkg");
const mostReadMs = 10_000;

/**
 * dpkg prints what it was built for, which its own ELF header says as well: running it takes a quarter of a run that has
 * nothing to do. Where the header is not of an architecture that Go releases are for, it is asked.
 *
 * @throws ProvisionError `host-unreadable`
 */
export async function readArchitectureWitnesses(
  machineFiles: ReadFiles,
  processes: Processes,
): Promise<ArchitectureWitnesses> {
  const read = async (...argv: readonly [string, ...string[]]): Promise<string> => {
    const { status, stdout, stderr } = await processes.run({
      argv,
      env: systemEnvironment,
      cwd: absolutePath("/"),
      timeoutMs: mostReadMs,
    });
    if (status !== 0) {
      throw new ProvisionError("host-unreadable", `\`${argv.join(" ")}\` failed`, {
        details: { output: stderr.trim() },
      });
    }
    return stdout.trim();
  };
  const built = readElfArchitecture(machineFiles, dpkgBinary);
  return { dpkg: built ?? (await read("dpkg", "--print-architecture")), uname: machine(), process: process.arch };
}

/**
 * dpkg decides, since Go has to fit the userland; the others tell what kind of host it is.
 *
 * @throws ProvisionError `arch-unsupported`, telling a 32-bit userland on a 64-bit kernel from other machines
 */
export function decideArchitecture(witnesses: ArchitectureWitnesses): {
  architecture: Architecture;
  note: string | undefined;
} {
  const architecture = parseArchitecture(witnesses.dpkg);
  const kernel = parseArchitecture(witnesses.uname);
  const details = { "dpkg --print-architecture": witnesses.dpkg, "uname -m": witnesses.uname };
  if (architecture === undefined) {
    const is32On64 = kernel !== undefined && /^(i[3-6]86|arm(el|hf))$/.test(witnesses.dpkg);
    throw new ProvisionError(
      "arch-unsupported",
      is32On64
        ? `a 32-bit userland (${witnesses.dpkg}) on a 64-bit kernel (${witnesses.uname})`
        : `no Go release is provisioned for ${witnesses.dpkg}`,
      { details },
    );
  }
  const own = parseArchitecture(witnesses.process === "x64" ? "amd64" : witnesses.process);
  if (kernel !== architecture || own !== architecture) {
    return {
      architecture,
      note: `an emulated process: the userland is ${architecture}, the kernel says ${witnesses.uname}, readygo's own runtime is ${witnesses.process}`,
    };
  }
  return { architecture, note: undefined };
}

/** The architecture of an image under `--root DIR`, by the ELF header of its shell; nothing in it is run. */
export function readImageArchitecture(files: ReadFiles): Architecture | undefined {
  for (const path of [dpkgBinary, "/bin/sh", "/usr/bin/env"]) {
    const real = files.resolve(absolutePath(path));
    const found = real === undefined ? undefined : readElfArchitecture(files, real);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readElfArchitecture(files: ReadFiles, path: AbsolutePath): Architecture | undefined {
  const header = files.readStart(path, 64);
  return header === undefined ? undefined : parseElfArchitecture(header);
}

/** One line of a mount table (proc(5), /proc/PID/mountinfo). */
export interface Mount {
  readonly point: string;
  readonly type: string;
  /** Of this mount of it: `ro`, `noexec` and so on. */
  readonly flags: readonly string[];
  /** Of the file system itself, not of this mount of it. */
  readonly options: readonly string[];
}

/** All mounts of a mount table, in its order. */
export function listMounts(mountInfo: string): readonly Mount[] {
  return mountInfo.split("\n").flatMap((line) => {
    const [mount = "", system = ""] = line.split(" - ");
    const [, , , , point, flags = ""] = mount.split(" ");
    const [type, , options = ""] = system.split(" ");
    if (point === undefined || type === undefined) return [];
    return [{ point: readOctal(point), type, flags: flags.split(","), options: options.split(",") }];
  });
}

/** A mount point is written with octal escapes. */
function readOctal(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}

/** Whether something is mounted at the path itself. */
export function isMountPoint(mountInfo: string, path: string): boolean {
  return listMounts(mountInfo).some(({ point }) => point === path);
}

/** File systems whose server, or whose program, may not answer: whoever reads there may wait for ever. */
export function isRemote({ type }: Pick<Mount, "type">): boolean {
  return /^(?:fuse|nfs|cifs|smb|9p|ceph|gluster|afs|sshfs|lustre|davfs)/.test(type) && type !== "fuseblk";
}

/** The mount that a path lies on: the innermost, and of several at one point the last, which covers the others. */
export function findMount(mountInfo: string, path: string): Mount | undefined {
  const around = listMounts(mountInfo).filter(
    ({ point }) => point === "/" || path === point || path.startsWith(`${point}/`),
  );
  return around.toSorted((one, other) => one.point.length - other.point.length).at(-1);
}
