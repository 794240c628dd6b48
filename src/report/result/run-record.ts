import type { Emit, ReportEvent, Timing } from "../../errors/event.ts";

type Warning = Extract<ReportEvent, { readonly kind: "warning" }>;

/** What a result has of a run besides what its command says: the warnings, and how long each step took. */
export interface RunRecord {
  readonly startedAt: Date;
  /** By the process's own clock. */
  readonly startedMs: number;
  readonly warnings: readonly Warning[];
  /** Hands events on, and keeps what a result needs of them. */
  watch(emit: Emit): Emit;
  /** The steps until now; the last one is taken to end now. */
  steps(): readonly Timing[];
}

export function createRunRecord(nowMs: () => number = () => performance.now()): RunRecord {
  const warnings: Warning[] = [];
  const begun: { readonly name: string; readonly startMs: number }[] = [];
  return {
    startedAt: new Date(),
    startedMs: nowMs(),
    warnings,
    watch: (emit) => (event) => {
      if (event.kind === "warning") warnings.push(event);
      if (event.kind === "step") begun.push({ name: event.text, startMs: nowMs() });
      emit(event);
    },
    steps: () =>
      begun.map(({ name, startMs }, at) => ({
        kind: "step",
        name,
        startMs,
        durationMs: (begun[at + 1]?.startMs ?? nowMs()) - startMs,
      })),
  };
}
