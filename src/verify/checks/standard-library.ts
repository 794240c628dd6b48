import { remedyOfRun } from "../remedy-of-run.ts";
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
    // `.Stale` is left alone: it says what the build cache has, and of a healthy tree with an empty one nearly all are.
    const result = await runGo(context, [
      "list",
      "-e",
      "-f",
      '{{.ImportPath}} {{with .Error}}{{printf "%q" .Err}}{{end}}',
      "std",
    ]);
    if (result.status !== 0)
      return fail(`\`go list std\` fails: ${describeRun(result, context.timeoutMs)}`, remedyOfRun(result, context));
    const packages = result.stdout.split("\n").flatMap((line) => {
      const [, path, error = ""] = /^(\S+) ?(.*)$/.exec(line) ?? [];
      return path === undefined ? [] : [{ path, error }];
    });
    const broken = packages.filter(({ error }) => error !== "");
    const [first] = broken;
    if (first !== undefined) {
      const more = broken.length === 1 ? "" : ` and ${broken.length - 1} more`;
      return fail(`of ${packages.length} packages ${first.path} cannot be read${more}: ${first.error}`, remedy);
    }
    return packages.length < fewestPackages
      ? fail(`\`go list std\` finds only ${packages.length} packages`, remedy)
      : pass(`${packages.length} packages`);
  },
};
