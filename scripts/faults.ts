// Kills, and lets fail, everything that readygo does to a host's files: `npm run faults`, or `npm run faults -- --full`.
//   --full            every point outside the bulk of unpacking, all operations, both overlays and ext4; every errno
//   --only=NAME       one operation
//   --disk=NAME       one disk: redirect, plain, ext4
//   --no-errno        kills only;  --no-kill: errors only
//   --real            an upgrade between two real releases, 50 points
import process from "node:process";
import { parseArgs } from "node:util";
import { setup } from "../test/lab/global-setup.ts";
import { failOperation, killChildren, killOperation } from "../test/lab/kill-campaign.ts";
import { operations } from "../test/lab/kill-operations.ts";
import type { RoomDisk } from "../test/lab/kill-disk.ts";
import type { Tally } from "../test/lab/kill-tally.ts";
import { officialRelease, officialVersions } from "../test/lab/releases.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    only: { type: "string" },
    disk: { type: "string" },
    errno: { type: "boolean", default: true },
    kill: { type: "boolean", default: true },
    real: { type: "boolean", default: false },
  },
  allowNegative: true,
});

await setup();
const disks: readonly RoomDisk[] = (["redirect", "plain", "ext4"] as const).filter(
  (disk) => values.disk === undefined || disk === values.disk,
);
const chosen = operations.filter(({ name }) => values.only === undefined || name === values.only);
const total = { points: 0, missed: 0, broken: 0 };

function note(what: string, tally: Tally): void {
  total.points += tally.points;
  total.missed += tally.missed;
  total.broken += tally.broken.length;
  console.log(
    `${what}: points ${tally.points}, missed ${tally.missed}, broken ${tally.broken.length} (${tally.secondsEach.toFixed(2)} s each)`,
  );
}

const onBroken = (line: string): void => console.log(`BROKEN ${line}`);
const onProgress = (done: number, all: number): void => {
  if (process.stderr.isTTY) process.stderr.write(done === all ? "\r\u001B[K" : `\r${done} of ${all}`);
};

if (values.real) {
  const archives = {
    older: await officialRelease(officialVersions.older),
    newer: await officialRelease(officialVersions.newer),
  };
  for (const operation of operations.filter(({ name }) => name === "upgrade")) {
    const options = { archives, disk: "redirect", bulk: 30, atMost: 60, lanes: 1, onBroken, onProgress } as const;
    note("upgrade of a real release, killed", await killOperation(operation, options));
  }
} else {
  for (const disk of disks) {
    for (const operation of chosen) {
      const what = `${operation.name} on ${disk}`;
      if (values.kill) {
        const amount = values.full ? { bulk: 40 } : { bulk: 10, atMost: disk === "ext4" ? 3 : 8 };
        note(`${what}, killed`, await killOperation(operation, { ...amount, disk, onBroken, onProgress }));
      }
      if (values.errno) {
        const amount = values.full
          ? { each: 2, isEveryErrno: disk === "redirect" }
          : { each: 1, isEveryErrno: false, atMost: 6 };
        const children = values.full ? {} : { atMost: 2 };
        note(`${what}, a child killed`, await killChildren(operation, { ...children, disk, onBroken, onProgress }));
        note(`${what}, errors`, await failOperation(operation, { ...amount, disk, onBroken, onProgress }));
      }
    }
  }
}
console.log(`points ${total.points}, missed ${total.missed}, broken ${total.broken}`);
process.exitCode = total.broken === 0 && total.points > 0 ? 0 : 1;
