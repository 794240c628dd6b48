import type { TracedOrigin } from "./traced-origin.ts";

/** `/home/ada/.bashrc:12`; undefined where there is no file to name. */
export function describeTracedOrigin(origin: TracedOrigin): string | undefined {
  if (origin.kind !== "line") return undefined;
  return origin.line === null ? origin.file : `${origin.file}:${origin.line}`;
}
