import { lookAt } from "../environment/find-go.ts";
import type { CheckContext } from "./check.ts";

/** What lies at a path, as the account sees it. */
export interface SeenProgram {
  readonly path: string;
  /** Where it leads in the end; undefined where there is no file that the account can run. */
  readonly target: string | undefined;
}

export interface SeenPrograms {
  /** In the order of the question; those that were not come to are missing at its end. */
  readonly seen: readonly SeenProgram[];
  /** Why the first that is missing was not looked at; undefined where none is. */
  readonly unseen: { readonly path: string; readonly why: string } | undefined;
}

/** A file system that does not answer is not worth more. */
const mostLookMs = 10_000;

/**
 * Looks at paths that an account has chosen, by a child that is that account: what root may not enter, or what does not
 * answer, then stops nobody else. A path that the account itself cannot follow (a loop, a name too long) leads nowhere, as it
 * does for its shells. Never throws.
 */
export async function lookAsAccount(context: CheckContext, paths: readonly string[]): Promise<SeenPrograms> {
  const timeoutMs = Math.min(context.timeoutMs, mostLookMs);
  const { targets, why = "nobody looked" } = await lookAt(context.processes, context.account, paths, timeoutMs);
  const seen = [...targets].map(([path, target]) => ({ path, target }));
  const missing = paths[seen.length];
  return { seen, unseen: missing === undefined ? undefined : { path: missing, why } };
}
