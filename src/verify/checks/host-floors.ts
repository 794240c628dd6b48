import { type Check, pass, warn } from "../check.ts";
import { findMissedFloors } from "../find-missed-floors.ts";

export const hostFloors: Check = {
  id: "host-floors",
  layer: 2,
  proves: "kernel and C library are not older than what the release and readygo need",
  cost: "start",
  bound: 1,
  isVerifyOnly: true,
  needsRunning: true,
  async run({ files, processes, version }) {
    const { misses, floor, kernel, glibc, libc } = await findMissedFloors(version, files, processes);
    const missed = misses.map(({ name, found, least }) => `${name} is ${found}, and ${least} or newer is needed`);
    const other = glibc === undefined ? [`the C library is not glibc: getconf says ${libc || "nothing"}`] : [];
    if (missed.length + other.length > 0) {
      return warn(
        [...missed, ...other].join("; "),
        "upgrade the distribution, or install a release of an older line (readygo list --all)",
      );
    }
    return pass(`kernel ${kernel} (at least ${floor.kernel}), glibc ${glibc} (at least ${floor.glibc})`);
  },
};
