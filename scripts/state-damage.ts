// readygo's laws for damaged state, each damage of each host × each command: `npm run faults:state -- --full`.
//   --full          every combination; else a sample of 400
//   --sample N      how many
//   --host NAME     of this host only; repeatable
//   --only TEXT     of the damages whose name has this text
//   --lines         one line for each that is broken, not only the causes
//   --workers N     default 2
//   --minutes N     begin nothing further after that (default 20)
import process from "node:process";
import { parseArgs } from "node:util";
import { setup } from "../test/lab/suite/global-setup.ts";
import { stateHostNames } from "../test/lab/state/state-hosts.ts";
import { sampleCombinations } from "../test/lab/state/state-matrix.ts";
import { runStateDamage, type StateTally } from "../test/lab/state/state-run.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    sample: { type: "string", default: "400" },
    host: { type: "string", multiple: true, default: [] },
    only: { type: "string", default: "" },
    lines: { type: "boolean", default: false },
    workers: { type: "string", default: "2" },
    minutes: { type: "string", default: "20" },
  },
});

await setup();
const startedAt = performance.now();
const tally = await runStateDamage({
  workers: Number(values.workers),
  boundMs: Number(values.minutes) * 60_000,
  ...(values.host.length === 0 ? {} : { hosts: stateHostNames.filter((name) => values.host.includes(name)) }),
  choose(all) {
    const wanted = all.filter(({ damage }) => damage.includes(values.only));
    return values.full ? wanted : sampleCombinations(wanted, Math.min(Number(values.sample), wanted.length));
  },
  onCase(done, all) {
    if (process.stderr.isTTY || done % 100 === 0) process.stderr.write(`${done} of ${all}\n`);
  },
  ...(values.lines ? { onBroken: printLine } : {}),
});
printTally(tally);
const combinations = new Set(tally.broken.map(({ host, damage, command }) => [host, damage, command].join("\0")));
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
if (tally.combinations < tally.chosen) console.log(`not played in ${values.minutes} minutes: ${tally.chosen - tally.combinations}`); // prettier-ignore
console.log(`combinations ${tally.combinations}, broken ${combinations.size} (${seconds} s)`);
process.exitCode = combinations.size === 0 ? 0 : 1;

function printLine({ host, damage, command, law, what }: StateTally["broken"][number]): void {
  console.log(`BROKEN ${host} | ${damage} | ${command} | ${law}: ${what}`);
}

function printTally({ broken, exits }: StateTally): void {
  console.log("exits");
  for (const [exit, count] of [...exits].toSorted(([, one], [, other]) => other - one)) console.log(`${String(count).padStart(6)}  ${exit}`); // prettier-ignore
  const causes = Map.groupBy(broken, ({ law, what }) => `${law}: ${what}`);
  console.log(`causes ${causes.size}`);
  for (const [cause, cases] of [...causes].toSorted(([, one], [, other]) => other.length - one.length)) {
    const { host, damage, command } = cases[0] ?? { host: "", damage: "", command: "" };
    console.log(`${String(cases.length).padStart(6)}  ${cause}\n        such as ${command} where ${damage} (${host})`);
  }
}
