import type { DoctorContext } from "./doctor-context.ts";

/** Asks once for all diagnostics of a run. */
export function oncePerRun<Answer>(
  ask: (context: DoctorContext) => Promise<Answer>,
): (context: DoctorContext) => Promise<Answer> {
  const answers = new WeakMap<DoctorContext, Promise<Answer>>();
  return (context) => {
    const known = answers.get(context);
    if (known !== undefined) return known;
    const answer = ask(context);
    answers.set(context, answer);
    return answer;
  };
}
