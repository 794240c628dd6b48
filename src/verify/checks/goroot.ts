import { places } from "../../host/places.ts";
import { remedyOfRun } from "../remedy-of-run.ts";
import { type Check, fail, pass } from "../check.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { runGo } from "../hermetic-go.ts";

export const goroot: Check = {
  id: "goroot",
  layer: 2,
  proves: "the go command takes the tree that it lies in for its own",
  cost: "start",
  bound: 2,
  needsRunning: true,
  async run(context) {
    const remedy = `readygo install ${context.version} --repair`;
    const result = await runGo(context, ["env", "GOROOT"]);
    if (result.status !== 0)
      return fail(
        `\`go env GOROOT\` does not answer: ${describeRun(result, context.timeoutMs)}`,
        remedyOfRun(result, context),
      );
    const said = result.stdout.trim();
    if (said !== places.goroot)
      return fail(`\`go env GOROOT\` says ${said}, the command is ${places.goBinary}`, remedy);
    return pass(said);
  },
};
