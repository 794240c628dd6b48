import { advise, runAsRoot } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { findMount, isRemote, type Mount } from "../../host/host-facts.ts";
import { places } from "../../host/places.ts";
import { diagnostic, findError, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";

const { goroot } = places;

// None of these looks at a byte of what is mounted there: that could wait for a server.

export const gorootLink = diagnostic({
  id: "goroot-link",
  group: "go",
  severity: "error",
  sees: "a link at /usr/local/go where a directory should be",
  why: "Who can write where the link leads, or the link itself, exchanges Go for everybody, and one tree has two names.",
  needs: [],
  async run(context) {
    const { files, receipt } = context;
    if (isGorootRemote(context) || files.stat(goroot)?.kind !== "link") return [];
    const target = files.readLink(goroot) ?? "";
    const version = receipt?.version;
    const find = receipt === undefined ? findWarning : findError;
    return [
      find({
        evidence: `${goroot} is a link to ${target}`,
        origins: [goroot],
        remedy: runAsRoot("readygo", "install", ...(version === undefined ? [] : [version])),
      }),
    ];
  },
});

export const gorootMount = diagnostic({
  id: "goroot-mount",
  group: "go",
  severity: "warning",
  sees: "a mount point at /usr/local/go",
  why: "What is mounted hides the tree that readygo installed, and a mount point cannot be exchanged by an upgrade.",
  needs: [],
  async run(context) {
    const mount = findGorootMount(context);
    if (mount === undefined || mount.point !== context.files.locate(goroot) || isRemote(mount)) return [];
    const table = findInTable(context, mount.point);
    const line = table === undefined ? "" : `, take line ${table.line} out of /etc/fstab`;
    return [
      findWarning({
        evidence: `${goroot} is a mount point (${mount.type})`,
        origins: [goroot, ...nameTable(table)],
        remedy: advise(`umount ${mount.point}${line}; then  readygo doctor  says what stood below it`),
      }),
    ];
  },
});

export const gorootNoexec = diagnostic({
  id: "goroot-noexec",
  group: "go",
  severity: "error",
  sees: "/usr/local/go on a file system that is mounted noexec",
  why: "The kernel starts no program from it: go fails with `Permission denied`, for root as well.",
  needs: ["running"],
  async run(context) {
    const mount = findGorootMount(context);
    if (mount === undefined || !mount.flags.includes("noexec")) return [];
    const table = findInTable(context, mount.point);
    return [
      findError({
        evidence: `${goroot} lies on ${mount.point} (${mount.type}), which is mounted noexec`,
        origins: [mount.point, ...nameTable(table)],
        remedy:
          table === undefined
            ? runAsRoot("mount", "-o", "remount,bind,exec", mount.point)
            : advise(`take noexec out of line ${table.line} of /etc/fstab, then  mount -o remount,exec ${mount.point}`),
      }),
    ];
  },
});

export const gorootNetwork = diagnostic({
  id: "goroot-network",
  group: "go",
  severity: "warning",
  sees: "/usr/local/go on a network file system or one that a program serves (NFS, CIFS, 9p, sshfs, FUSE)",
  why: "Each start of go waits for a server, and where that does not answer, everything that runs go hangs.",
  needs: [],
  async run(context) {
    const mount = findGorootMount(context);
    if (mount === undefined || !isRemote(mount)) return [];
    const table = findInTable(context, mount.point);
    const isItself = mount.point === context.files.locate(goroot);
    // Where all of the host lies on it, as in some containers, Go is no worse off than everything else.
    const find = mount.point === "/" ? findInfo : findWarning;
    return [
      find({
        evidence: `${goroot} lies on ${mount.type}, mounted at ${mount.point}`,
        origins: [mount.point, ...nameTable(table)],
        remedy: advise(
          isItself
            ? `umount -l ${mount.point}${table === undefined ? "" : `, take line ${table.line} out of /etc/fstab`}, then  readygo install  puts a Go on this host's own disk`
            : `give ${places.usrLocal} a file system on this host's own disk, then  readygo install`,
        ),
      }),
    ];
  },
});

/** Whether looking at a byte of /usr/local/go may wait for ever, where the rest of the host does not. */
export function isGorootRemote(context: DoctorContext): boolean {
  const mount = findGorootMount(context);
  return mount !== undefined && mount.point !== "/" && isRemote(mount);
}

function findGorootMount({ files, machine }: DoctorContext): Mount | undefined {
  const table = machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  return findMount(table, files.locate(goroot));
}

/** The line of fstab(5) that mounts it at each start. */
function findInTable({ files }: DoctorContext, point: string): { readonly line: number } | undefined {
  const lines = files.read(absolutePath("/etc/fstab"))?.toString("utf8").split("\n") ?? [];
  const at = lines.findIndex((line) => !line.trim().startsWith("#") && line.trim().split(/\s+/)[1] === point);
  return at < 0 ? undefined : { line: at + 1 };
}

function nameTable(table: { readonly line: number } | undefined): readonly string[] {
  return table === undefined ? [] : [`/etc/fstab:${table.line}`];
}
