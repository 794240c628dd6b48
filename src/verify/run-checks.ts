import type { CheckResult, Layer } from "../errors/event.ts";
import { type Check, type CheckContext, type Finding, fail, skip } from "./check.ts";
import { isBefore } from "../release/go-version.ts";
import { checks } from "./list-checks.ts";
import { askGoVersion } from "./hermetic-go.ts";
import { whichGo } from "./checks/which-go.ts";
import { wholeTree } from "./checks/whole-tree.ts";

export interface CheckRun {
  readonly context: CheckContext;
  /** Without layer 1 the caller has to know the tree: nothing else keeps what it holds from being run as root. */
  readonly layers: readonly Layer[];
  readonly onResult: (result: CheckResult) => void;
  /** Once aborted, its reason is thrown rather than told as failures of the checks it cut off. */
  readonly stop?: AbortSignal;
}

/**
 * Runs the checks of the layers given, in order. A check that throws has failed. Nothing of the tree is run before
 * `tree-manifest` has passed, nor once anything else in layer 1 has failed that says whose tree it is, and nothing that
 * needs its go where that cannot even tell its version.
 */
export async function runChecks({ context, layers, onResult, stop }: CheckRun): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  let proven = context;
  for (const check of checks.filter((check) => layers.includes(check.layer) && check.appliesTo?.(context) !== false)) {
    const finding = await runCheck(check, proven);
    stop?.throwIfAborted();
    const result: CheckResult = { id: check.id, layer: check.layer, ...finding };
    results.push(result);
    onResult(result);
    if (isDoubtful(check, finding) && proven.unrunnable === null) {
      proven = { ...proven, unrunnable: `nothing is run from a tree of which ${check.id} has not passed` };
    }
  }
  return results;
}

/** Of layer 1, `which-go` alone says nothing of the tree: it is about who finds it. */
function isDoubtful({ id, layer }: Check, { status }: Finding): boolean {
  if (id === wholeTree.id) return status !== "pass";
  return layer === 1 && id !== whichGo.id && status === "fail";
}

async function runCheck(check: Check, context: CheckContext): Promise<Finding> {
  if (check.needsRunning && context.unrunnable !== null) return skip(context.unrunnable);
  const { since } = check;
  if (since !== undefined && isBefore(context.version, since)) return skip(`it applies from go${since} on`);
  try {
    if (check.needsGo === true) {
      const answer = await askGoVersion(context);
      if ("failure" in answer) return skip(`go does not run: ${answer.failure}`);
    }
    return await check.run(context);
  } catch (error) {
    return fail(
      `the check could not be made: ${error instanceof Error ? error.message : String(error)}`,
      "look at the error that is named, then run  readygo verify",
    );
  }
}
