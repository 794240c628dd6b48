import { parseAbsolutePath } from "../../host/absolute-path.ts";
import { type TracedOrigin, unknownOrigin } from "./traced-origin.ts";
import type { TracePlace, TraceStep } from "./trace-steps.ts";

/** What a name held from some moment on, and who made it so. */
export interface Held {
  readonly value: string | undefined;
  readonly origin: TracedOrigin;
}

/**
 * What a name held, one after the other. `hook` is the origin of what a prompt hook's own text does. A value that comes
 * back although no command set it is what it was before: a function's own variable, or one for a single command, has ended.
 */
export function followSteps(steps: readonly TraceStep[], hook: TracedOrigin): readonly Held[] {
  const held: Held[] = [];
  for (const step of steps) {
    if (step.kind === "function") continue;
    if (step.kind === "initial") {
      held.push({ value: step.value, origin: startOf(step) });
      continue;
    }
    const earlier = step.certainty === "sure" ? undefined : held.findLast(({ value }) => value === step.value);
    if (earlier !== undefined) held.push(earlier);
    else if (step.certainty === "unsure") held.push({ value: step.value, origin: unknownOrigin(unseen) });
    else held.push({ value: step.value, origin: originOf(step.place, hook) });
  }
  return held;
}

const unseen = "the shell's trace does not show the command that set it";

function startOf({ value, place }: TraceStep): TracedOrigin {
  if (value === undefined) return { kind: "unset" };
  return place === undefined ? { kind: "start" } : originOf(place, { kind: "start" });
}

/** The origin of a step; an empty file is the question's own text, where only hooks are run. */
export function originOf(place: TracePlace | undefined, hook: TracedOrigin): TracedOrigin {
  if (place === undefined) return unknownOrigin(unseen);
  if (place.file === "") return hook;
  const file = parseAbsolutePath(place.file);
  return file === undefined ? unknownOrigin(unseen) : { kind: "line", file, line: place.line };
}

/** Who made the value that a name ends with. */
export function lastOrigin(held: readonly Held[]): TracedOrigin {
  const last = held.at(-1);
  if (last === undefined) return unknownOrigin(unseen);
  return last.value === undefined ? { kind: "unset" } : last.origin;
}

/**
 * Who put a directory where it is on PATH: the last command after which it was there and had not been, or came before a
 * directory that had been before it.
 */
export function pathEntryOrigin(held: readonly Held[], directory: string): TracedOrigin {
  const origins = new Map<Held, TracedOrigin>();
  let origin: TracedOrigin = { kind: "unset" };
  let before: readonly string[] = [];
  for (const each of held) {
    const entries = (each.value ?? "").split(":");
    // A value that has come back is the same entry of `held`.
    const earlier = origins.get(each);
    if (earlier !== undefined) origin = earlier;
    else if (!entries.includes(directory)) origin = { kind: "unset" };
    else if (!before.includes(directory) || hasOvertaken(before, entries, directory)) origin = each.origin;
    origins.set(each, origin);
    before = entries;
  }
  return origin;
}

function hasOvertaken(before: readonly string[], after: readonly string[], directory: string): boolean {
  const ahead = new Set(before.slice(0, before.indexOf(directory)));
  const stillAhead = new Set(after.slice(0, after.indexOf(directory)));
  return [...ahead].some((each) => after.includes(each) && !stillAhead.has(each));
}
