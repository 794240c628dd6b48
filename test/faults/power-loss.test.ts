import { describe, expect, it } from "vitest";
import { leaveOutSync } from "../lab/kills/kill-host.ts";
import { findOperation } from "../lab/kills/kill-operations.ts";
import { losePower } from "../lab/kills/kill-power.ts";

// More moments, and xfs below: `npm run faults -- --power`.
describe("a loss of power in the middle of an upgrade", () => {
  it("leaves the old or the new on the disk, and the next command ends what was begun", async () => {
    const tally = await losePower(findOperation("upgrade"), { lower: "btrfs", neighbour: "busy", moments: 4 });
    expect(tally.broken).toEqual([]);
    expect(tally.points).toBeGreaterThanOrEqual(3);
  });

  it("is seen to leave empty files where the tree is not written out before the exchange", async () => {
    const tally = await losePower(findOperation("upgrade"), {
      lower: "btrfs",
      neighbour: "quiet",
      moments: 3,
      alterBundle: leaveOutSync,
    });
    expect(tally.broken.join("\n")).toMatch(/\/usr\/local\/go is neither the old nor the new: .* has another size/);
  });
});
