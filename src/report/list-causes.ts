/**
 * What lies under an error, outermost first: its cause, that one's cause, and the members of an AggregateError (node
 * makes one where every address of a host failed). A text that repeats one before it is left out.
 */
export function listCauses(error: unknown): readonly string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>([error]);
  const known = [error instanceof Error ? error.message : String(error)];
  const add = (cause: unknown): void => {
    if (cause === undefined || cause === null || seen.has(cause)) return;
    seen.add(cause);
    const text =
      cause instanceof Error
        ? cause.message || nameOf(cause)
        : typeof cause === "string"
          ? cause
          : (JSON.stringify(cause) ?? "");
    // A message often holds its cause's; only what adds something is a line of its own.
    if (text !== "" && !known.some((other) => other.includes(text))) {
      known.push(text);
      texts.push(text);
    }
    descend(cause);
  };
  const descend = (from: unknown): void => {
    if (from instanceof AggregateError) for (const member of from.errors) add(member);
    if (from instanceof Error) add(from.cause);
  };
  descend(error);
  return texts;
}

/** An AggregateError without words of its own has members that have them. */
function nameOf(error: Error): string {
  if (error instanceof AggregateError) return "";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
