import type { CheckContext } from "./check.ts";

/** Asks the host once for all checks of a run: several look at the same shell, or at the same `go version`. */
export function oncePerContext<Answer>(
  ask: (context: CheckContext) => Promise<Answer>,
): (context: CheckContext) => Promise<Answer> {
  const answers = new WeakMap<CheckContext, Promise<Answer>>();
  return (context) => {
    const known = answers.get(context);
    if (known !== undefined) return known;
    const answer = ask(context);
    answers.set(context, answer);
    return answer;
  };
}
