import { describeRun } from "../../host/child/describe-run.ts";
import type { GoLanguage } from "../../release/go-version.ts";
import { remedyOfRun } from "../remedy-of-run.ts";
import { type Check, type CheckContext, fail, type Finding, pass } from "../check.ts";
import { runGo } from "../hermetic-go.ts";

/** A `timeout` of 60 s becomes half an hour. */
const bound = 30;

const common = { layer: 2, cost: "deep", bound, isVerifyOnly: true, needsRunning: true } as const;

export const buildStd: Check = {
  ...common,
  id: "build-std",
  proves: "every package of the standard library compiles, from an empty build cache",
  // Until then the library came compiled, and `go build std` would compile nothing.
  since: "1.20" as GoLanguage,
  run: (context) => runOver(context, ["build", "std"], "compiles"),
};

export const vetStd: Check = {
  ...common,
  id: "vet-std",
  proves: "go vet reads and type-checks every package of the standard library, its tests too, and finds nothing",
  since: "1.20" as GoLanguage,
  after: ["build-std"],
  run: (context) => runOver(context, ["vet", "std"], "is sound to vet"),
};

export const testStd: Check = {
  ...common,
  id: "test-std",
  proves: "every test of the standard library compiles, links and starts; none of them is run",
  since: "1.20" as GoLanguage,
  after: ["build-std"],
  run: (context) => runOver(context, ["test", "-short", "-run=^$", "std"], "has tests that link and start"),
};

async function runOver(context: CheckContext, args: readonly string[], what: string): Promise<Finding> {
  const timeoutMs = bound * context.timeoutMs;
  const result = await runGo(context, args, { timeoutMs });
  const command = `\`go ${args.join(" ")}\``;
  if (result.status === 0)
    return pass(`the library ${what} after ${Math.round(result.durationMs / 1000)} s: ${command}`);
  return fail(`${command} fails: ${describeRun(result, timeoutMs)}`, remedyOfRun(result, context));
}
