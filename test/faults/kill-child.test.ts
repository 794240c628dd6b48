import { describe, expect, it } from "vitest";
import { killChildren } from "../lab/kills/kill-campaign.ts";
import { findOperation } from "../lab/kills/kill-operations.ts";

// perl for the exchange, cp and sync, and readygo's own child that works in a home: each dies alone, and readygo sees it.
describe("a child that dies", () => {
  it.each([
    ["install", "redirect"],
    ["upgrade", "plain"],
  ] as const)(
    "in %s on a %s disk leaves the host as it was, told with exit code 6, or the work done",
    async (name, disk) => {
      const tally = await killChildren(findOperation(name), { disk, atMost: 3 });
      expect(tally.broken).toEqual([]);
      expect(tally.points).toBeGreaterThanOrEqual(2);
    },
  );
});
