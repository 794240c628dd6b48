import { advise } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { ReadFiles } from "../../host/ports.ts";
import { diagnostic, findInfo } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { formatMiB } from "./format-mib.ts";

export const wsl = diagnostic({
  id: "wsl",
  group: "host",
  severity: "info",
  sees: "the Windows Subsystem for Linux",
  why: "Windows' own PATH is added to this one, and what lies below /mnt is many times slower.",
  needs: ["running"],
  async run({ machine }) {
    if (!/microsoft|wsl/i.test(readText(machine, "/proc/version"))) return [];
    return [
      findInfo({
        evidence:
          "this is the Windows Subsystem for Linux: Windows' PATH comes after this one, where a go.exe is another Go, and modules below /mnt/c are slow",
        origins: ["/proc/version"],
        remedy: advise(
          "keep modules and caches in the home of Linux; to leave Windows' PATH out: [interop] appendWindowsPath=false in /etc/wsl.conf",
        ),
      }),
    ];
  },
});

export const containerInit = diagnostic({
  id: "container-init",
  group: "host",
  severity: "info",
  sees: "a container without systemd or another init",
  why: "Services, timers and cron jobs are not started there; readygo needs none of them.",
  needs: ["running"],
  async run({ machine, files }) {
    const container = nameContainer(machine);
    const init = readText(machine, "/proc/1/comm").trim();
    if (container === undefined || isInit(init) || files.stat(absolutePath("/run/systemd/system")) !== undefined)
      return [];
    return [
      findInfo({
        evidence: `this container (${container}) has no init: its first process is ${init || "unknown"}, which starts no services and no cron jobs`,
        origins: ["/proc/1/comm"],
        remedy: advise(
          "nothing for go and readygo; where processes are left behind, start the container with an init (docker run --init); set PATH for its commands by ENV, since no login shell is started",
        ),
      }),
    ];
  },
});

/** What marks containers, each in its own way; undefined where nothing does. */
export function nameContainer(machine: Pick<ReadFiles, "stat" | "read">): string | undefined {
  const systemd = readText(machine, "/run/systemd/container").trim();
  if (systemd !== "") return systemd;
  if (machine.stat(absolutePath("/.dockerenv")) !== undefined) return "docker";
  return machine.stat(absolutePath("/run/.containerenv")) === undefined ? undefined : "podman";
}

/** Those that start services. tini and dumb-init only reap. */
function isInit(comm: string): boolean {
  return ["systemd", "init", "runit", "s6-svscan", "openrc-init"].includes(comm);
}

/** The linker of a program with some hundred packages takes about a gigabyte, beside what else runs. */
const leastMemory = 1536 * 1024 * 1024;

export const memory = diagnostic({
  id: "memory",
  group: "host",
  severity: "info",
  sees: "less memory than compiling and linking a large program needs",
  why: "The kernel then ends the compiler or the linker: `signal: killed`.",
  needs: ["running"],
  async run(context) {
    const found = readMemory(context.machine);
    if (found === undefined || found.bytes >= leastMemory) return [];
    return [
      findInfo({
        evidence: `${formatMiB(found.bytes)} of memory and swap (${found.by}); linking a large program can take ${formatMiB(leastMemory)}`,
        origins: [found.by],
        remedy: advise("build with fewer compilers at a time (go build -p 1, GOMAXPROCS=1), or add swap"),
      }),
    ];
  },
});

/** Memory and swap of the machine, or the container's bound where that is less. */
export function readMemory(
  machine: DoctorContext["machine"],
): { readonly bytes: number; readonly by: string } | undefined {
  const info = readText(machine, "/proc/meminfo");
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(info)?.[1] ?? 0) * 1024;
  const total = read("MemTotal");
  if (total === 0) return undefined;
  const whole = { bytes: total + read("SwapTotal"), by: "/proc/meminfo" };
  const bounds = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].flatMap((path) => {
    const text = readText(machine, path).trim();
    return /^\d+$/.test(text) ? [{ bytes: Number(text), by: path }] : [];
  });
  return [whole, ...bounds].toSorted((a, b) => a.bytes - b.bytes)[0];
}

function readText(machine: Pick<ReadFiles, "read">, path: string): string {
  return machine.read(absolutePath(path))?.toString("utf8") ?? "";
}
