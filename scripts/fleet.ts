// A release rolled out to fleets of throw-away hosts, and the plot of it: npm run fleet [-- --hosts 3 --hosts 10 --hosts 30].
// Writes docs/fleet.svg and prints what docs/ansible.md has as a table.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { setup } from "../test/lab/suite/global-setup.ts";
import { rollFleet } from "../test/lab/fleet/rolling-fleet.ts";
import { drawFleet, type FleetFigures } from "./fleet/draw-fleet.ts";

const { values } = parseArgs({ options: { hosts: { type: "string", multiple: true, default: ["3", "10", "30"] } } });
const serial = 5;

await setup();
const figures: FleetFigures[] = [];
for (const count of values.hosts.map(Number)) {
  // In the second batch, where there is one.
  const { stages, originBytes, releases, bad } = await rollFleet(count, serial, Math.min(count, serial + 2));
  const [install, again, roll] = stages;
  if (install === undefined || again === undefined || roll === undefined) throw new Error("a stage is missing");
  const tally = (words: Readonly<Record<string, string>>): string =>
    [...Map.groupBy(Object.values(words), (word) => word)].map(([word, { length }]) => `${length} ${word}`).join(", ");
  console.log(`${count} hosts, ${bad} cannot pass the gate`);
  for (const { name, seconds, bytes, became } of stages)
    console.log(
      `  ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s ${String(bytes).padStart(10)} bytes  ${tally(became)}`,
    );
  console.log(`  in the end ${tally(releases)}; ${originBytes} bytes from the publisher`);
  figures.push({
    count,
    install: install.seconds,
    again: again.seconds,
    roll: roll.seconds,
    originBytes,
    servedBytes: install.bytes + again.bytes + roll.bytes,
  });
}
writeFileSync("docs/fleet.svg", drawFleet(figures));
console.log(JSON.stringify(figures));
