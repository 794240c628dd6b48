import type { Diagnostic, DoctorFinding } from "./diagnostic.ts";
import type { Timing } from "../errors/event.ts";
import { onlyRoot } from "../verify/check.ts";
import type { DoctorContext } from "./doctor-context.ts";

/** What became of one diagnostic. */
export interface DiagnosticResult {
  readonly diagnostic: Diagnostic;
  readonly findings: readonly DoctorFinding[];
  /** Why it could not look; null where it did. */
  readonly skipped: string | null;
  readonly durationMs: number;
}

export interface DiagnosticRun {
  readonly context: DoctorContext;
  readonly diagnostics: readonly Diagnostic[];
  readonly isRoot: boolean;
  /** Milliseconds after which what has not answered is given up. */
  readonly mostMs: number;
  readonly stop: AbortSignal;
  /** Told of each when it has ended. */
  readonly onTimed?: (timing: Timing) => void;
}

/**
 * Runs all of them side by side: most wait for a shell, a server or a disk. One that throws or does not answer is told as
 * not looked at, and holds up no other.
 */
export async function runDiagnostics(run: DiagnosticRun): Promise<readonly DiagnosticResult[]> {
  const late = new AbortController();
  const endTimer = run.context.clock.after(run.mostMs, () => late.abort());
  try {
    return await Promise.all(run.diagnostics.map((each) => runOne(run, each, late.signal)));
  } finally {
    endTimer();
  }
}

async function runOne(run: DiagnosticRun, diagnostic: Diagnostic, late: AbortSignal): Promise<DiagnosticResult> {
  const { context, mostMs, stop } = run;
  const begin = context.clock.monotonicMs();
  const result = (findings: readonly DoctorFinding[], skipped: string | null): DiagnosticResult => {
    const durationMs = Math.round(context.clock.monotonicMs() - begin);
    run.onTimed?.({ kind: "diagnostic", name: diagnostic.id, startMs: begin, durationMs });
    return { diagnostic, findings, skipped, durationMs };
  };
  const obstacle = await findObstacle(run, diagnostic);
  if (obstacle !== null) return result([], obstacle);
  try {
    const findings = await Promise.race([
      diagnostic.run(context),
      rejectOnce(late, `no answer within ${mostMs / 1000} s`),
    ]);
    return result(findings, null);
  } catch (error) {
    stop.throwIfAborted();
    return result([], error instanceof Error ? error.message : String(error));
  }
}

async function findObstacle({ context, isRoot }: DiagnosticRun, { needs }: Diagnostic): Promise<string | null> {
  if (needs.includes("root") && !isRoot) return onlyRoot;
  if ((needs.includes("running") || needs.includes("go")) && context.root !== "")
    return "nothing in an image is started";
  if (!needs.includes("go")) return null;
  return context.whyNotRun();
}

function rejectOnce(signal: AbortSignal, why: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error(why)), { once: true });
  });
}
