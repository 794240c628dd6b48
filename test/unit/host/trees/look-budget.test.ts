import { expect, test } from "vitest";
import { openLookBudget } from "../../../../src/host/trees/look-budget.ts";

function openAt(start: number) {
  const clock = { now: start };
  const bounds = { entries: 100, bytes: 1000, milliseconds: 60 };
  return { clock, budget: openLookBudget({ monotonicMs: () => clock.now }, bounds) };
}

test("what is used is no longer there for the next", () => {
  const { budget } = openAt(5);
  expect(budget.allow({ entries: 80, bytes: 5000 })).toEqual({ entries: 80, bytes: 1000 });
  budget.use({ entries: 70, bytes: 10 });
  expect(budget.allow({ entries: 80, bytes: 500 })).toEqual({ entries: 30, bytes: 500 });
  expect(budget.spent()).toBeUndefined();
});

test.each([
  ["entries", { entries: 101, bytes: 0 }],
  ["bytes", { entries: 1, bytes: 1000 }],
] as const)("the bound on %s that is used up is named, and nothing is less than nothing", (bound, used) => {
  const { budget } = openAt(0);
  budget.use(used);
  expect(budget.spent()).toBe(bound);
  expect(budget.allow({ entries: 1, bytes: 1 })[bound]).toBe(0);
});

test("the time runs from the start, whatever is used", () => {
  const { budget, clock } = openAt(1000);
  clock.now = 1059.5;
  expect([budget.leftMs(), budget.spent()]).toEqual([1, undefined]);
  clock.now = 1060;
  expect([budget.leftMs(), budget.spent()]).toEqual([0, "time"]);
  clock.now = 9999;
  expect(budget.leftMs()).toBe(0);
});
