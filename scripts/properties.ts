// readygo's laws, held against generated hosts and requests: `npm run properties -- --runs 1000`.
//   --runs N     cases (default 200)
//   --seed N     which ones (default: by the clock; it is printed)
//   --path P     one case of that seed, as a failure names it
import process from "node:process";
import { parseArgs } from "node:util";
import { setup } from "../test/lab/suite/global-setup.ts";
import { runProperties } from "../test/lab/properties/property-run.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "200" }, seed: { type: "string" }, path: { type: "string" } },
});

await setup();
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);
const startedAt = performance.now();
const tally = await runProperties({
  runs: Number(values.runs),
  seed,
  ...(values.path === undefined ? {} : { path: values.path }),
  onCase: (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${values.runs}`);
  },
});
const seconds = (performance.now() - startedAt) / 1000;
if (tally.broken !== undefined) console.log(`BROKEN ${tally.broken}`);
console.log(
  `cases ${tally.runs}, refused ${tally.refused}, given back ${tally.givenBack}, broken ${tally.broken === undefined ? 0 : 1} (${seconds.toFixed(0)} s)`,
);
process.exitCode = tally.broken === undefined ? 0 : 1;
