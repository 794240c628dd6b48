import { type Check, fail, pass } from "../check.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { runGo } from "../hermetic-go.ts";

/** Go 1.5 has 149; 1.26 has 360 without a C compiler. */
const fewestPackages = 145;

export const standardLibrary: Check = {
  id: "standard-library",
  layer: 2,
  proves: "the go command finds and reads every package of the standard library",
  cost: "start",
  bound: 2,
  needsRunning: true,
  async run(context) {
    const remedy = `readygo install ${context.version} --repair`;
    const result = await runGo(context, ["list", "std"]);
    if (result.status !== 0) return fail(`\`go list std\` fails: ${describeRun(result, context.timeoutMs)}`, remedy);
    const count = result.stdout.split("\n").filter((line) => line !== "").length;
    return count < fewestPackages
      ? fail(`\`go list std\` finds only ${count} packages`, remedy)
      : pass(`${count} packages`);
  },
};
