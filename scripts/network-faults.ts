// Plays faults of networks on installs over TLS: `npm run faults:network [-- --count 200] [--seed N] [--only KIND] [--real N]`.
//   --count N   how many faults are drawn, each kind in turn (default 42: each kind twice)
//   --real N    so many of them on a real release of 67 MB; the others on a small one (default 0)
//   --seed N    the same numbers again (default 1)
// Prints a table of kind, exit code and count, and every run that ended in another way than it has to.
import { parseArgs } from "node:util";
import { setup } from "../test/lab/suite/global-setup.ts";
import { createDraw, drawFault, faultKinds } from "../test/lab/servers/network-faults.ts";
import { openNetworkLab } from "../test/lab/servers/network-play.ts";
import { officialRelease, officialVersions } from "../test/lab/releases/releases.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: String(faultKinds.length * 2) },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    real: { type: "string", default: "0" },
  },
});
const count = Number(values.count);
const real = Math.min(Number(values.real), count);
const draw = createDraw(Number(values.seed));
const kinds = faultKinds.filter((kind) => values.only === undefined || kind === values.only);
if (kinds.length === 0) throw new Error(`the kinds are: ${faultKinds.join(", ")}`);

await setup();
const tally = new Map<string, Map<string, number>>();
let broken = 0;

async function playAll(isReal: boolean, from: number, to: number): Promise<void> {
  if (from === to) return;
  const lab = await openNetworkLab(isReal ? await officialRelease(officialVersions.older) : undefined);
  try {
    for (let index = from; index < to; index += 1) {
      const kind = kinds[index % kinds.length] ?? "";
      const fault = drawFault(kind, draw, lab);
      const played = await lab.play(fault);
      const outcome = played.exit === 0 ? "0 installed" : `${played.exit} ${played.code}`;
      const row = tally.get(kind) ?? new Map<string, number>();
      row.set(outcome, (row.get(outcome) ?? 0) + 1);
      tally.set(kind, row);
      for (const complaint of played.complaints) {
        broken += 1;
        console.log(`BROKEN ${index} ${kind} (${fault.detail}): ${complaint}\n${played.stderr}`);
      }
    }
  } finally {
    await lab.destroy();
  }
}

await playAll(true, 0, real);
await playAll(false, real, count);
for (const kind of kinds) {
  const row = [...(tally.get(kind) ?? [])].map(([outcome, times]) => `${outcome} × ${times}`);
  console.log(`${kind.padEnd(28)} ${row.join(", ")}`);
}
console.log(`${count} faults, ${real} of them on a real release, seed ${values.seed}: ${broken} broken`);
process.exit(broken === 0 ? 0 : 1);
