import { listPlannedChanges, type Plan } from "../plan/plan.ts";
import { type ChangesOptions, formatChanges } from "./format-changes.ts";
import { formatHint } from "./format-checks.ts";
import { paint, printableLine } from "./printable.ts";
import { wrapText } from "./wrap-text.ts";
import { formatStepDiff } from "./format-step-diff.ts";
import type { Result } from "./result/result-shape.ts";

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

/** Steps as a result has them: of the planned contents only the lines that change. */
export function toJsonSteps(plan: Plan): NonNullable<Result["steps"]> {
  return plan.steps.map((step) => {
    const { kind, target, reason, before, after } = step;
    const diff = formatStepDiff(step);
    return { kind, target, reason, before, after, ...(diff === null ? {} : { diff }) };
  });
}
