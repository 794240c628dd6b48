import { readHostVersions } from "../host/host-versions.ts";
import type { Processes, ReadFiles } from "../host/ports.ts";
import { compareGoVersions, type GoVersion } from "../release/go-version.ts";
import { listMissedFloors, type MissedFloor, readSupportFloor, type SupportFloor } from "../release/support-floor.ts";

export interface MissedFloors {
  readonly misses: readonly MissedFloor[];
  readonly floor: SupportFloor;
  readonly kernel: string;
  /** Undefined for another C library than glibc. */
  readonly glibc: string | undefined;
  /** What getconf(1) has said of the C library. */
  readonly libc: string;
}

/** What this machine has less of than a release needs. */
export async function findMissedFloors(
  version: GoVersion,
  machine: ReadFiles,
  processes: Processes,
): Promise<MissedFloors> {
  const floor = await readSupportFloor(version, compareGoVersions);
  const { kernel, glibc, libc } = await readHostVersions(machine, processes);
  // A kernel that nobody names is not an old one.
  const found = { kernel: kernel || floor.kernel, glibc: glibc ?? floor.glibc };
  return { misses: listMissedFloors(floor, found), floor, kernel, glibc, libc };
}
