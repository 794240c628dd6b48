// Rule: never two runs at once, whatever ended runs have left, and whoever is killed in the middle of whatever. The whole
// of it is `npm run faults -- --full --part=lock`.
import { expect, it } from "vitest";
import { raceForLock } from "../lab/kills/lock-race.ts";

it("eight processes at the same lock, some of them killed: each is alone while it holds it", async () => {
  const tally = await raceForLock({ rounds: 6 });
  expect(tally).toMatchObject({ points: 6, broken: [] });
});
