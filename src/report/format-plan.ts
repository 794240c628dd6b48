import { type Plan, stepVerbs } from "../plan/plan.ts";

/** One paragraph a step: what, from what to what, and why. */
export function formatPlan(plan: Plan): string {
  const steps = plan.steps.map(
    (step) =>
      `${stepVerbs[step.kind]} ${step.target}\n  now:     ${step.before}\n  then:    ${step.after}\n  because: ${step.reason}\n`,
  );
  const notes = plan.notes.map(
    ({ text, remedy }) => `note: ${text}\n${remedy === undefined ? "" : `  hint: ${remedy}\n`}`,
  );
  const head = plan.steps.length === 0 ? "nothing to do: the host is as asked\n" : "";
  return head + [...steps, ...notes].join("");
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
