import { advise } from "../../errors/remedy.ts";
import { readArchitectureWitnesses } from "../../host/host-facts.ts";
import { parseArchitecture } from "../../release/architecture.ts";
import type { MissedFloor } from "../../release/support-floor.ts";
import { findMissedFloors } from "../../verify/find-missed-floors.ts";
import { diagnostic, findError, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";

export const kernelFloor = diagnostic({
  id: "kernel-floor",
  group: "host",
  severity: "error",
  sees: "a kernel that is older than the installed release needs",
  why: "Programs of this release may not start there, or fail at system calls that the kernel does not have.",
  needs: ["running"],
  async run(context) {
    const { misses, source } = await findMisses(context);
    return misses
      .filter(({ name }) => name === "kernel")
      .map(({ found, least }) =>
        findError({
          evidence: `the kernel is ${found}, and ${context.release?.version ?? "the release"} needs ${least} or newer (${source})`,
          origins: ["/proc/sys/kernel/osrelease"],
          remedy: advise(
            "start the host with a newer kernel of its distribution, or install a release of an older line (readygo list --all)",
          ),
        }),
      );
  },
});

export const glibcFloor = diagnostic({
  id: "glibc-floor",
  group: "host",
  severity: "warning",
  sees: "a C library that is older than readygo's own floor, or is not glibc",
  why: "readygo itself does not start there, and programs that use cgo are linked with what is not tested.",
  needs: ["running"],
  async run(context) {
    const { misses, libc } = await findMisses(context);
    const advice = "upgrade the distribution; a container with another C library needs a Go that was built for it";
    if (libc !== null)
      return [
        findWarning({
          evidence: `the C library is not glibc: getconf says ${libc || "nothing"}`,
          remedy: advise(advice),
        }),
      ];
    return misses
      .filter(({ name }) => name === "glibc")
      .map(({ found, least }) =>
        findWarning({ evidence: `glibc is ${found}, and ${least} or newer is needed`, remedy: advise(advice) }),
      );
  },
});

export const dpkgKernel = diagnostic({
  id: "dpkg-kernel",
  group: "host",
  severity: "warning",
  sees: "a userland for another architecture than the kernel's (dpkg against uname)",
  why: "go's programs start, and what uses cgo finds no compiler and no libraries of their kind.",
  needs: ["running"],
  async run(context) {
    const { dpkg, uname } = await readArchitectureWitnesses(context.machine, context.processes);
    if (isSameMachine(dpkg, uname)) return [];
    const tree = context.release?.architecture;
    return [
      findWarning({
        evidence: `dpkg --print-architecture says ${dpkg}, uname -m says ${uname}${tree === undefined ? "" : `, and the installed release is for ${tree}`}`,
        origins: ["/usr/bin/dpkg"],
        remedy: advise(
          "build on a host whose userland is of the kernel's own architecture; where that cannot be, set CGO_ENABLED=0",
        ),
      }),
    ];
  },
});

/** What dpkg calls a machine that uname names otherwise. */
export function isSameMachine(dpkg: string, uname: string): boolean {
  const kernel = parseArchitecture(uname);
  return kernel === undefined || parseArchitecture(dpkg) === kernel;
}

async function findMisses({ release, machine, processes }: DoctorContext): Promise<{
  readonly misses: readonly MissedFloor[];
  readonly source: string;
  /** What was said of a C library that is not glibc; null for glibc. */
  readonly libc: string | null;
}> {
  if (release === undefined) return { misses: [], source: "", libc: null };
  const { misses, floor, glibc, libc } = await findMissedFloors(release.version, machine, processes);
  return { misses, source: floor.source, libc: glibc === undefined ? libc : null };
}
