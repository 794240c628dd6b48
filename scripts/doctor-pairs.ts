// Plants pairs of problems on one host and has doctor find and clear them: `npm run doctor:pairs`
//   --pairs=N     so many; default 20, with --full all that can stand together
//   --seed=N      which come first; default 1
//   --minutes=N   no more are begun after that
import process from "node:process";
import { parseArgs } from "node:util";
import { listPairs, playPair } from "../test/lab/doctor/play-pair.ts";
import { createDoctorHost } from "../test/lab/doctor/play-plant.ts";
import { setup } from "../test/lab/suite/global-setup.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    pairs: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "600" },
  },
});
await setup();
const all = listPairs(Number(values.seed));
const chosen = values.full ? all : all.slice(0, Number(values.pairs));
const end = Date.now() + Number(values.minutes) * 60_000;
/** One host has room for so many accounts and what is planted in their homes. */
const pairsOfHost = 40;
let [played, broken] = [0, 0];
for (let at = 0; at < chosen.length && Date.now() < end; at += pairsOfHost) {
  const doctor = await createDoctorHost();
  try {
    for (const pair of chosen.slice(at, at + pairsOfHost)) {
      if (Date.now() >= end) break;
      const faults = await playPair(doctor, pair).catch((error: unknown) => [
        error instanceof Error ? error.message : String(error),
      ]);
      played += 1;
      if (faults.length === 0) continue;
      broken += 1;
      console.log(`BROKEN ${pair.join(" + ")}: ${faults.join("; ")}`);
    }
    console.error(`  ${played} of ${chosen.length}`);
  } finally {
    await doctor.host.destroy();
  }
}
console.log(`pairs ${played} of ${all.length}, broken ${broken}, seed ${values.seed}`);
process.exitCode = broken === 0 && played > 0 ? 0 : 1;
