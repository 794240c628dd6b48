import { remedyOfRun } from "../remedy-of-run.ts";
import { type Check, fail, pass, warn } from "../check.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { buildFlags, placeModule, runGo } from "../hermetic-go.ts";

/** os rather than fmt: an empty build cache makes every package cost (5.3 s against 6.7 s of two cores), and this proves as much. */
const program = 'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("OK\\n") }\n';

export const goRun: Check = {
  id: "go-run",
  layer: 3,
  proves: "a new module compiles, links and runs, from an empty build cache",
  cost: "build",
  bound: 2,
  needsRunning: true,
  async run(context) {
    const result = await runGo(context, ["run", ...buildFlags(context), "main.go"], {
      module: await placeModule(context, "go-run", program),
    });
    if (result.status === 0 && result.stdout === "OK\n")
      return pass(`\`go run\` printed OK after ${(result.durationMs / 1000).toFixed(1)} s`);
    const how =
      result.status === 0
        ? `it printed ${JSON.stringify(result.stdout.slice(0, 100))}`
        : describeRun(result, context.timeoutMs);
    if (/fork\/exec .*permission denied/.test(result.stderr)) {
      return warn(
        `\`go run\` cannot start what it built: ${how}`,
        `mount the file system of ${context.scratch} without noexec, or set TMPDIR to one that is`,
      );
    }
    return fail(`\`go run\` does not print OK: ${how}`, remedyOfRun(result, context));
  },
};
