import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Why a test was skipped; scripts/test.sh lists it. */
    skipReason?: string;
  }
}

/** Ends a test as skipped, with a reason that scripts/test.sh can show: vitest's own note is not in its JSON report. */
export function skipBecause(context: TestContext, reason: string): never {
  context.task.meta.skipReason = reason;
  return context.skip(reason);
}
