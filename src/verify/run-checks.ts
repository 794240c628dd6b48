import type { CheckResult, Timing } from "../errors/event.ts";
import { type Check, type CheckContext, type Finding, fail, onlyRoot, skip, warn } from "./check.ts";
import { isBefore } from "../release/go-version.ts";
import { checks } from "./list-checks.ts";
import { takeTurns } from "./take-turns.ts";

export interface CheckRun {
  readonly context: CheckContext;
  /** Which of them are told. */
  readonly checks: readonly Check[];
  /** All that there are, in order. Default: readygo's. */
  readonly known?: readonly Check[];
  /** Told in the order of the list, whichever ends first. */
  readonly onResult: (result: CheckResult) => void;
  /** Told of each that takes minutes, when it begins. */
  readonly onLong?: (id: string) => void;
  /** Told of each when it has ended, without the time in which it waited for others. */
  readonly onTimed?: (timing: Timing) => void;
  /** Once aborted, its reason is thrown rather than told as failures of the checks it cut off. */
  readonly stop?: AbortSignal;
}

/**
 * Runs checks side by side, each once those that it comes after have ended. One that throws has failed; one that
 * does not end within its bound is cut. Nothing of the tree is run before every proof of layer 1 has passed, asked for or not: one that was not
 * asked for is reported where it keeps others from being run.
 */
export async function runChecks(run: CheckRun): Promise<readonly CheckResult[]> {
  const { context, checks: chosen, known = checks, onResult, stop } = run;
  const isRoot = context.isRoot !== false;
  const isStarting = context.unrunnable === null && chosen.some(({ needsRunning }) => needsRunning);
  const all = known.filter(
    (check) =>
      (chosen.includes(check) || (isStarting && check.isProof === true)) && check.appliesTo?.(context) !== false,
  );
  const findings = startChecks(all, context, run);
  const results: CheckResult[] = [];
  try {
    for (const check of all) {
      const finding = await findings.get(check);
      stop?.throwIfAborted();
      if (
        finding === undefined ||
        (!chosen.includes(check) && !isDoubtful({ id: check.id, status: finding.status }, isRoot))
      )
        continue;
      const result: CheckResult = { id: check.id, layer: check.layer, ...finding };
      results.push(result);
      onResult(result);
    }
    return results;
  } catch (error) {
    // What was started ends with `stop`: its scratch must not go before.
    await Promise.race([Promise.all(findings.values()), context.clock.sleep(mostEndMs)]);
    throw error;
  }
}

/** What was started is given so long to end, once the run is over. */
const mostEndMs = 2_000;

/** Never reject. */
function startChecks(
  all: readonly Check[],
  context: CheckContext,
  { onLong, onTimed }: Pick<CheckRun, "onLong" | "onTimed">,
): ReadonlyMap<Check, Promise<Finding>> {
  const isRoot = context.isRoot !== false;
  const builds = takeTurns(context.mostBuilds ?? 1);
  // What a user's settings make go fetch may take its whole bound of memory: not several times at once.
  const fetches = takeTurns(1);
  const doubtful = new Map<string, CheckContext>();
  const doubt = (id: string): CheckContext => {
    const unrunnable = `nothing is run from a tree of which ${id} has not passed`;
    const known = doubtful.get(id) ?? (context.unrunnable === null ? { ...context, unrunnable } : context);
    doubtful.set(id, known);
    return known;
  };
  const findings = new Map<Check, Promise<Finding>>();
  const start = async (check: Check): Promise<Finding> => {
    const before = all.filter((other) => comesAfter(check, other));
    const seen = await Promise.all(before.map(async (other) => ({ other, finding: await findingOf(other) })));
    const [first] = seen.filter(
      ({ other, finding }) => other.isProof && isDoubtful({ id: other.id, status: finding.status }, isRoot),
    );
    const own = first === undefined ? context : doubt(first.other.id);
    const run = async (): Promise<Finding> => {
      if (check.cost === "deep" && own.unrunnable === null) onLong?.(check.id);
      const startMs = context.clock.monotonicMs();
      const finding = await runWithinBound(check, own);
      onTimed?.({ kind: "check", name: check.id, startMs, durationMs: context.clock.monotonicMs() - startMs });
      return finding;
    };
    if (check.cost === "fetch") return fetches(run);
    return check.cost === "build" || check.cost === "deep" || check.cost === "trace" ? builds(run) : run();
  };
  const findingOf = (check: Check): Promise<Finding> => {
    const known = findings.get(check) ?? start(check);
    findings.set(check, known);
    return known;
  };
  for (const check of all) void findingOf(check);
  return findings;
}

function comesAfter(check: Check, other: Check): boolean {
  return (check.needsRunning && other.isProof === true) || check.after?.includes(other.id) === true;
}

/**
 * Whether a proof has not passed. A foreign tree is held against no manifest: that is no failure, and no proof either. For an
 * ordinary user, who cannot read the manifest, the public hash takes its place.
 */
export function isDoubtful({ id, status }: Pick<CheckResult, "id" | "status">, isRoot: boolean): boolean {
  return status === "fail" || (id === (isRoot ? "tree-manifest" : "tree-public") && status !== "pass");
}

async function runWithinBound(check: Check, context: CheckContext): Promise<Finding> {
  const mostMs = check.bound * context.timeoutMs;
  const over = new AbortController();
  // What hangs elsewhere than in the tree is an account's or a server's: nothing that rolling back would cure.
  const tell = check.cost === "start" || check.cost === "fetch" ? warn : fail;
  const cut = context.clock.sleep(mostMs, over.signal).then(() => tell(describeCut(mostMs), cutRemedy));
  cut.catch(() => undefined);
  try {
    return await Promise.race([runCheck(check, context), cut]);
  } finally {
    over.abort();
  }
}

const cutRemedy = "look for what does not answer, or allow more seconds: timeout in [verify] of readygo.ini";

function describeCut(mostMs: number): string {
  return `the check has not ended within ${mostMs / 1000} s, and was given up`;
}

async function runCheck(check: Check, context: CheckContext): Promise<Finding> {
  if (check.needsRunning && context.unrunnable !== null) return skip(context.unrunnable);
  if (check.needsRoot === true && context.isRoot === false) return skip(onlyRoot);
  const { since } = check;
  if (since !== undefined && isBefore(context.version, since)) return skip(`it applies from go${since} on`);
  try {
    return await check.run(context);
  } catch (error) {
    return fail(
      `the check could not be made: ${error instanceof Error ? error.message : String(error)}`,
      "look at the error that is named, then run  readygo verify",
    );
  }
}
