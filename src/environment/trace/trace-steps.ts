/** A place that the tracer names; an empty `file` is the question's own text: a prompt hook. */
export interface TracePlace {
  readonly file: string;
  readonly line: number | null;
}

/**
 * One thing that became of a name while the start files ran. `value` is undefined where it is not set.
 * - `initial`: what the shell was started with; fish has a place for what it keeps itself
 * - `change`, `again`: another value, or the same by another command
 * - `function`: at the end there is a function `go`
 */
export interface TraceStep {
  readonly kind: "initial" | "change" | "again" | "function";
  readonly name: string;
  readonly value: string | undefined;
  readonly place: TracePlace | undefined;
  /** `weak`: the end of a function's own variable looks the same. `unsure`: no command shown can have done it. */
  readonly certainty: "sure" | "weak" | "unsure";
}

export interface TraceSteps {
  readonly steps: readonly TraceStep[];
  /** The shell came to the end of its start files. */
  readonly isComplete: boolean;
}

const fieldCount = 6;

/** What the tracer has written: KIND NAME STATE FILE LINE CERTAINTY, each with NUL after it. */
export function readTraceSteps(text: string): TraceSteps {
  const fields = text.split("\0");
  const steps: TraceStep[] = [];
  for (let at = 0; at + fieldCount < fields.length; at += fieldCount) {
    const [kind = "", name = "", state = "", file = "", line = "", certainty = ""] = fields.slice(at, at + fieldCount);
    if (kind === "end") return { steps, isComplete: true };
    if (!isKind(kind)) break;
    steps.push({
      kind,
      name,
      value: state.startsWith("x") ? state.slice(1) : undefined,
      place: file === "" && line === "" ? undefined : { file, line: /^[1-9]\d*$/.test(line) ? Number(line) : null },
      certainty: certainty === "sure" || certainty === "weak" ? certainty : "unsure",
    });
  }
  return { steps, isComplete: false };
}

function isKind(text: string): text is TraceStep["kind"] {
  return text === "initial" || text === "change" || text === "again" || text === "function";
}
