import { listPlannedChanges, type Plan } from "../plan/plan.ts";
import { type ChangesOptions, formatChanges } from "./format-changes.ts";
import { formatHint } from "./format-checks.ts";
import { paint, printableLine } from "./printable.ts";
import { wrapText } from "./wrap-text.ts";

/** What would be changed, and what was seen and is left alone, in paragraphs. No newline at the end. */
export function formatPlan(plan: Plan, title: string, options: ChangesOptions): string {
  const { columns } = options;
  const changes = listPlannedChanges(plan);
  const notes = plan.notes.map(({ text, remedy }) => {
    const note = wrapText(printableLine(text), { columns, first: "note: ", rest: "  " });
    return remedy === undefined ? note : `${note}\n${formatHint(remedy, { ...options, indent: "  " })}`;
  });
  return [
    paint(printableLine(title), "bold", options.isColor),
    changes.length === 0 ? "nothing to do: the host is as asked" : formatChanges(changes, options),
    ...(notes.length === 0 ? [] : [notes.join("\n")]),
  ].join("\n\n");
}

/** A step as `--json` shows it: the planned contents stay out. */
export interface JsonStep {
  readonly kind: string;
  readonly target: string;
  readonly reason: string;
  readonly before: string;
  readonly after: string;
}

export function toJsonSteps(plan: Plan): readonly JsonStep[] {
  return plan.steps.map(({ kind, target, reason, before, after }) => ({ kind, target, reason, before, after }));
}
