import { describe, expect, it } from "vitest";
import { failOperation } from "../lab/kills/kill-campaign.ts";
import { operations } from "../lab/kills/kill-operations.ts";

// Full, broken, read-only, closed, over the quota: each call of a kind and a class of path fails once in some run.
describe("a system call that fails", () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))(
    "in %s leaves the host as it was, or the work done, and ends with its documented exit code",
    async (_, operation) => {
      const tally = await failOperation(operation, { disk: "redirect", each: 1, isEveryErrno: false, atMost: 4 });
      expect(tally.broken).toEqual([]);
      expect(tally.points).toBeGreaterThanOrEqual(3);
    },
  );
});
