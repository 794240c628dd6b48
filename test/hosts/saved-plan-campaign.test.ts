import { asyncProperty, check, constant, oneof } from "fast-check";
import { expect, it } from "vitest";
import { compareWithSteps, listChangedPaths } from "../lab/properties/changed-paths.ts";
import type { Look } from "../lab/properties/property-image.ts";
import { checkSavedPlan, hostChange, planEdits } from "../lab/properties/saved-plan-laws.ts";
import { stockShelf } from "../lab/properties/property-shelf.ts";
import { hostStart, installRequest } from "../lab/properties/property-start.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// A saved plan meets generated hosts that have changed since it was made, or was edited itself.
const seed = 20_261_130;

it("is judged by what has changed, whatever the steps say", () => {
  const file = { kind: "file", mode: 0o644, uid: 0, gid: 0, size: 1, mtimeNs: "1", sha256: "a", target: "" } as const;
  const look = (sha256: string) => new Map([["/etc/profile", { ...file, sha256 }]]) as Look;
  const step = { kind: "write-file", target: "/etc/profile", reason: "", before: "", after: "" };
  expect(listChangedPaths(look("a"), look("a"))).toEqual([]);
  const changed = listChangedPaths(look("a"), look("b"));
  expect(changed).toEqual(["/etc/profile"]);
  expect(compareWithSteps(changed, [step], look("b"))).toEqual([]);
  expect(compareWithSteps(changed, [], look("b"))).toEqual(["no step names /etc/profile"]);
  expect(compareWithSteps([], [step], look("a"))).toEqual(["nothing was changed at /etc/profile"]);
});

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
