import { asyncProperty, check, constant, oneof } from "fast-check";
import { expect, it } from "vitest";
import { checkSavedPlan, hostChange, planEdits } from "../lab/properties/saved-plan-laws.ts";
import { stockShelf } from "../lab/properties/property-shelf.ts";
import { hostStart, installRequest } from "../lab/properties/property-start.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// A saved plan meets generated hosts that have changed since it was made, or was edited itself.
const seed = 20_261_130;

it.each([
  ["a host that changes between plan and install --plan", hostChange, constant([])],
  ["a plan file that somebody edits", oneof(constant({ kind: "nothing" as const }), hostChange), planEdits],
])("is applied as it was reviewed, or not at all: %s", async (what, changes, edits) => {
  const shelf = await stockShelf();
  const tally: Record<string, number> = {};
  try {
    const law = asyncProperty(hostStart, installRequest, changes, edits, async (start, request, change, edited) => {
      const { became, code } = await checkSavedPlan(start, request, { change, edits: edited }, shelf);
      const word = code === undefined ? became : `${became}: ${code}`;
      tally[word] = (tally[word] ?? 0) + 1;
    });
    const numRuns = isFullMode ? 700 : 16;
    const details = await check(law, { numRuns, seed, interruptAfterTimeLimit: isFullMode ? 540_000 : 60_000 });
    console.log(`${what}: ${JSON.stringify(tally)}`);
    expect(details.failed && `${JSON.stringify(details.counterexample, null, 1)} ${String(details.errorInstance)} path ${details.counterexamplePath ?? ""}`).toBe(false); // prettier-ignore
    expect(tally["applied"]).toBeGreaterThan(0);
    expect(tally["refused: plan-stale"]).toBeGreaterThan(0);
  } finally {
    shelf.remove();
  }
});
