// Plants pairs of problems on one host and has doctor find and clear them: `npm run doctor:pairs`
//   --pairs=N     so many; default 20, with --full all that can stand together
//   --seed=N      which come first; default 1
//   --from=N      goes on with the one after N of that order, where an earlier run has ended
//   --minutes=N   no more are begun after that
//   --hosts=N     so many throw-away hosts at once; default 2
//   --only=ID+ID  this pair alone; may be repeated
import process from "node:process";
import { parseArgs } from "node:util";
import { listPairs, type Pair, playPair } from "../test/lab/doctor/play-pair.ts";
import { createDoctorHost, type DoctorHost } from "../test/lab/doctor/play-plant.ts";
import { setup } from "../test/lab/suite/global-setup.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    pairs: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    minutes: { type: "string", default: "600" },
    hosts: { type: "string", default: "2" },
    only: { type: "string", multiple: true, default: [] },
  },
});
await setup();
const all = listPairs(Number(values.seed)).slice(Number(values.from));
const named = values.only.map((text) => text.split("+") as unknown as Pair);
const chosen = named.length > 0 ? named : values.full ? all : all.slice(0, Number(values.pairs));
const end = Date.now() + Number(values.minutes) * 60_000;
/** One host has room for so many accounts and what is planted in their homes. */
const pairsOfHost = 40;
const tally = { played: 0, apart: 0, broken: 0 };
let next = 0;

async function playSome(): Promise<void> {
  while (next < chosen.length && Date.now() < end) {
    const doctor = await createDoctorHost();
    try {
      for (let count = 0; count < pairsOfHost && next < chosen.length && Date.now() < end; count += 1) {
        const pair = chosen[next] as Pair;
        next += 1;
        await play(doctor, pair);
      }
      console.error(`  ${tally.played} of ${chosen.length}`);
    } finally {
      await doctor.host.destroy();
    }
  }
}

async function play(doctor: DoctorHost, pair: Pair): Promise<void> {
  const faults = await playPair(doctor, pair).catch((error: unknown) => [
    error instanceof Error ? error.message : String(error),
  ]);
  tally.played += 1;
  if (faults === undefined) tally.apart += 1;
  else if (faults.length > 0) {
    tally.broken += 1;
    console.log(`BROKEN ${pair.join(" + ")}: ${faults.join("; ")}`);
  }
}

await Promise.all(Array.from({ length: Number(values.hosts) }, playSome));
const { played, apart, broken } = tally;
console.log(
  `pairs ${played} of ${all.length}, of which ${apart} cannot stand together, broken ${broken}, seed ${values.seed}`,
);
process.exitCode = broken === 0 && played > 0 ? 0 : 1;
