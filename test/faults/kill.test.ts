import { describe, expect, it } from "vitest";
import { killOperation } from "../lab/kills/kill-campaign.ts";
import { findOperation, type OperationName } from "../lab/kills/kill-operations.ts";
import { replaceExchange } from "../lab/kills/kill-host.ts";
import type { RoomDisk } from "../lab/kills/kill-disk.ts";

// The whole of it is `npm run faults -- --full`; this is an even sample of its points.
describe("a run that is killed, with its children, in the middle of a system call", () => {
  const sample: readonly (readonly [OperationName, RoomDisk, number])[] = [
    ["install", "redirect", 6],
    ["upgrade", "redirect", 8],
    ["repair", "redirect", 3],
    ["rollback", "redirect", 4],
    ["uninstall", "redirect", 5],
    ["upgrade", "plain", 5],
    ["rollback", "plain", 2],
    ["give back", "plain", 2],
  ];

  it.each(sample)(
    "%s on a %s disk: the old or the new, and the next command ends what it began",
    async (name, disk, atMost) => {
      const tally = await killOperation(findOperation(name), { disk, bulk: 10, atMost });
      expect(tally.broken).toEqual([]);
      expect(tally.points).toBeGreaterThanOrEqual(atMost - 1);
    },
  );

  // The harness itself: with one call of the bundle made worse, it has to see the difference.
  it("is seen to be broken where the exchange is a removal and a rename", async () => {
    const tally = await killOperation(findOperation("upgrade"), {
      disk: "redirect",
      bulk: 40,
      only: ({ group, path }) => group === "goroot" || path.startsWith("/usr/local/go/"),
      atMost: 4,
      alterBundle: replaceExchange,
    });
    expect(tally.broken.join("\n")).toContain("/usr/local/go is neither the old nor the new");
  });
});
