// rc files as people have them, and what install does to the shells that read them: `npm run rc`, or `npm run rc -- --full`.
//   --full       504 cases instead of 48
//   --cases N    so many
//   --seed N     which ones (default: by the clock; it is printed)
//   --only N     this one alone, or N,N,… as failures name them
//   --shell S    of one shell: bash, zsh, fish, dash
//   --hosts N    so many throw-away hosts at once (default 2)
//   --no-shrink  prints what is broken as it was found only
import process from "node:process";
import { parseArgs } from "node:util";
import { describeCase, rcShells } from "../test/lab/shells/rc-case.ts";
import { runRcCampaign, shrinkCase } from "../test/lab/shells/rc-campaign.ts";
import { setup } from "../test/lab/suite/global-setup.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    cases: { type: "string" },
    seed: { type: "string" },
    only: { type: "string" },
    shell: { type: "string" },
    hosts: { type: "string", default: "2" },
    "no-shrink": { type: "boolean", default: false },
  },
});

await setup();
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const cases = Number(values.cases ?? (values.full ? 504 : 48));
console.log(`seed ${seed}`);
const startedAt = performance.now();
const { outcomes, broken } = await runRcCampaign({
  seed,
  cases,
  hosts: Number(values.hosts),
  ...(values.only === undefined ? {} : { only: values.only.split(",").map(Number) }),
  ...(values.shell === undefined ? {} : { shells: rcShells.filter((shell) => shell === values.shell) }),
  onBroken: ({ number, case: each, faults }) =>
    console.log(
      `BROKEN case ${number} (--seed ${seed})\n${faults.map((fault) => `  ! ${fault}\n`).join("")}${describeCase(each)}`,
    ),
  onProgress: (done) =>
    process.stderr.write(process.stderr.isTTY ? `\r${done} of ${cases}` : `  ${done} of ${cases}\n`),
});
if (!values["no-shrink"]) {
  for (const outcome of broken.slice(0, 5)) {
    const { case: each, faults } = await shrinkCase(outcome);
    console.log(
      `smaller: case ${outcome.number}\n${faults.map((fault) => `  ! ${fault}\n`).join("")}${describeCase(each)}`,
    );
  }
}
const count = (list: typeof outcomes, isMeant: (outcome: (typeof outcomes)[number]) => boolean): number =>
  list.filter(isMeant).length;
for (const shell of rcShells) {
  const ofShell = outcomes.filter(({ case: each }) => each.shell === shell);
  const roots = count(ofShell, ({ case: each }) => each.account === "root");
  const managed = count(ofShell, ({ isManaged }) => isManaged);
  const reached = ofShell.reduce((sum, each) => sum + each.reached, 0);
  console.log(`${shell}: cases ${ofShell.length}, root ${roots}, a version manager's ${managed}, contexts decided at the end ${reached}, broken ${count(ofShell, ({ faults }) => faults.length > 0)}`); // prettier-ignore
}
for (const kind of [
  ...new Set(outcomes.flatMap(({ case: each }) => each.pieces.map((piece) => piece.kind))),
].toSorted()) {
  const ofKind = outcomes.filter(({ case: each }) => each.pieces.some((piece) => piece.kind === kind));
  console.log(`  ${kind}: cases ${ofKind.length}, broken ${count(ofKind, ({ faults }) => faults.length > 0)}`);
}
const seconds = (performance.now() - startedAt) / 1000;
console.log(`cases ${outcomes.length}, broken ${broken.length} (${seconds.toFixed(0)} s)`);
process.exitCode = broken.length === 0 && outcomes.length > 0 ? 0 : 1;
