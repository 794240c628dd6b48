// Kills, and lets fail, everything that readygo does to a host's files: `npm run faults`, or `npm run faults -- --full`.
//   --full          all of it: hours; without it a sample of some minutes
//   --part=NAME     only this, as often as wanted: kill, child, errno, refused, kept, disk, race, lock, watch, power,
//                   real (test/lab/kills/kill-parts.ts says what each is); --power and --real are the same, in full
//   --only=NAME     one operation: install, upgrade, repair, rollback, uninstall, …
//   --disk=NAME     one disk: redirect, plain, ext4
import process from "node:process";
import { parseArgs } from "node:util";
import { setup } from "../test/lab/suite/global-setup.ts";
import type { RoomDisk } from "../test/lab/kills/kill-disk.ts";
import { parts, type PartName, type PartOptions } from "../test/lab/kills/kill-parts.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    part: { type: "string", multiple: true, default: [] },
    power: { type: "boolean", default: false },
    real: { type: "boolean", default: false },
    only: { type: "string" },
    disk: { type: "string" },
  },
});

await setup();
const disks: readonly RoomDisk[] = (["redirect", "plain", "ext4"] as const).filter(
  (disk) => values.disk === undefined || disk === values.disk,
);
const named = [...values.part, ...(values.power ? ["power"] : []), ...(values.real ? ["real"] : [])];
const options: PartOptions = {
  isFull: values.full || values.power || values.real,
  disks,
  isMeant: ({ name }) => values.only === undefined || name === values.only,
  onBroken: (line) => console.log(`BROKEN ${line}`),
  onMissed: (line) => console.log(`missed ${line}`),
  onProgress(done, all) {
    if (process.stderr.isTTY) process.stderr.write(done === all ? "\r\u001B[K" : `\r${done} of ${all}`);
    else if (done % 20 === 0 && done < all) console.error(`  ${done} of ${all}`);
  },
};
const total = { points: 0, missed: 0, broken: 0 };
for (const name of Object.keys(parts) as PartName[]) {
  if (named.length > 0 && !named.includes(name)) continue;
  for await (const [what, { points, missed, broken, secondsEach }] of parts[name](options)) {
    total.points += points;
    total.missed += missed;
    total.broken += broken.length;
    console.log(
      `${what}: points ${points}, missed ${missed}, broken ${broken.length} (${secondsEach.toFixed(2)} s each)`,
    );
  }
}
console.log(`points ${total.points}, missed ${total.missed}, broken ${total.broken}`);
process.exitCode = total.broken === 0 && total.points > 0 ? 0 : 1;
