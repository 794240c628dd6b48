import { absolutePath } from "../host/absolute-path.ts";
import type { CheckContext } from "./check.ts";
import { describeRun } from "../host/child/describe-run.ts";

/** What lies at a path, as the account sees it. */
export interface SeenProgram {
  readonly path: string;
  /** Where it leads in the end; undefined where there is no file that the account can run. */
  readonly target: string | undefined;
}

export interface Look {
  /** In the order of the question; those that were not come to are missing at its end. */
  readonly seen: readonly SeenProgram[];
  /** Why the first that is missing was not looked at; undefined where none is. */
  readonly unseen: { readonly path: string; readonly why: string } | undefined;
}

/** A file system that does not answer is not worth more. */
const mostLookMs = 10_000;

/** Prints after each path, so that what answers before one that does not is known. */
const script = `for path; do
  if [ -f "$path" ] && [ -x "$path" ]; then readlink -nf -- "$path"; fi
  printf '\\0'
done`;

/**
 * Looks at paths that an account has chosen, by a child that is that account: what root may not enter, or what does not
 * answer, then stops nobody else. A path that the account itself cannot follow (a loop, a name too long) leads nowhere, as it
 * does for its shells. Never throws.
 */
export async function lookAsAccount(context: CheckContext, paths: readonly string[]): Promise<Look> {
  const timeoutMs = Math.min(context.timeoutMs, mostLookMs);
  let stdout = "";
  let why: string;
  try {
    const result = await context.processes.run({
      argv: ["/bin/sh", "-c", script, "sh", ...paths],
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      cwd: absolutePath("/"),
      asUser: context.account,
      timeoutMs,
    });
    ({ stdout } = result);
    why = describeRun(result, timeoutMs);
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  // What stands behind the last NUL is no answer yet.
  const answers = stdout.split("\0").slice(0, -1);
  const seen = paths
    .slice(0, answers.length)
    .map((path, at) => ({ path, target: answers[at] === "" ? undefined : answers[at] }));
  const missing = paths[answers.length];
  return { seen, unseen: missing === undefined ? undefined : { path: missing, why } };
}
