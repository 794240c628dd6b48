import { expect, it } from "vitest";
import { runProperties } from "../lab/properties/property-run.ts";

// A sample of what `npm run properties -- --runs 1000` plays: any start, any request.
it("holds its laws on generated hosts: met or refused without a trace, an empty plan after it, the start given back", async () => {
  const seed = 20_261_123;
  const tally = await runProperties({ runs: 20, seed, boundMs: 240_000 });
  console.log(`properties: seed ${seed}, cases ${tally.runs}, refused ${tally.refused}, given back ${tally.givenBack}`);
  expect(tally.broken).toBeUndefined();
  expect(tally.givenBack).toBeGreaterThan(2);
});
