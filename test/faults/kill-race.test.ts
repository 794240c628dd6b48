import { describe, expect, it } from "vitest";
import { raceRuns } from "../lab/kills/kill-race.ts";

describe("runs that are started at once", () => {
  it("two or ten of them: one does the work, the others find the lock held or nothing to do", async () => {
    const tally = await raceRuns("install", { disk: "redirect", counts: [2, 10] });
    expect(tally).toMatchObject({ points: 2, broken: [] });
  });

  it("with --wait they all end well, and the work is done once", async () => {
    const tally = await raceRuns("install", { disk: "redirect", counts: [4], isWaiting: true });
    expect(tally).toMatchObject({ points: 1, broken: [] });
  });
});
