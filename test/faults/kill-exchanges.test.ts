import { describe, expect, it } from "vitest";
import { watchExchanges } from "../lab/kill-exchanges.ts";

// A hundred on each disk: `npm run faults -- --full`.
describe("a process that runs /usr/local/go/bin/go all the time", () => {
  it("sees not one error while two releases change places, again and again", async () => {
    const { releases, errors, answers } = await watchExchanges("ext4", 12);
    expect(errors).toEqual([]);
    expect(releases.toSorted()).toEqual(["go1.30.1", "go1.30.2"]);
    expect(answers).toBeGreaterThan(100);
  });
});
