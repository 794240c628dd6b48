import { expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { ManagedLink } from "../../../src/host/state/receipt.ts";
import type { ObservedLinks } from "../../../src/plan/observed-state.ts";
import { planLinks } from "../../../src/plan/plan-links.ts";

const path = absolutePath("/usr/local/bin/go");
const wanted = "../go/bin/go";
const managed = (before: string | null): ManagedLink => ({ path, before, createdDirectories: [] });

const observe = (target: string | null, more: Partial<ObservedLinks> = {}): ObservedLinks => ({
  obstacle: undefined,
  missingDirectories: [],
  found: [{ path, wanted, target, occupiedBy: null }],
  ...more,
});

it.each<[string, string | null, ManagedLink[], { from: string | null; to: string | null; restores: string | null }[]]>([
  ["nothing is there", null, [], [{ from: null, to: wanted, restores: null }]],
  ["a link to another Go", "/opt/go/bin/go", [], [{ from: "/opt/go/bin/go", to: wanted, restores: "/opt/go/bin/go" }]],
  ["it is as it should be", wanted, [managed(null)], []],
  ["somebody took readygo's away", null, [managed("/opt/old")], [{ from: null, to: wanted, restores: "/opt/old" }]],
  [
    "somebody put another there",
    "/opt/new",
    [managed("/opt/old")],
    [{ from: "/opt/new", to: wanted, restores: "/opt/new" }],
  ],
  ["readygo's, and the receipt is lost", wanted, [], [{ from: wanted, to: wanted, restores: null }]],
])("with links: %s", (_, target, links, steps) => {
  expect(planLinks({ hasLinks: true }, observe(target), links).steps).toMatchObject(
    steps.map((step) => ({ ...step, kind: "link", target: path, isGivenBack: false })),
  );
});

it.each<[string, string | null, ManagedLink[], { from: string; to: string | null }[]]>([
  ["readygo's goes", wanted, [managed(null)], [{ from: wanted, to: null }]],
  ["what was there comes back", wanted, [managed("/opt/old")], [{ from: wanted, to: "/opt/old" }]],
  ["another's stays", "/opt/new", [managed("/opt/old")], []],
  ["one that readygo never made stays", wanted, [], []],
])("without links: %s", (_, target, links, steps) => {
  expect(planLinks({ hasLinks: false }, observe(target), links).steps).toMatchObject(
    steps.map((step) => ({ ...step, kind: "link", target: path, isGivenBack: true })),
  );
});

it("leaves a file that is no link, and names it", () => {
  const found = [{ path, wanted, target: null, occupiedBy: "file" as const }];
  expect(planLinks({ hasLinks: true }, observe(null, { found }), [])).toEqual({
    steps: [],
    notes: [{ text: "/usr/local/bin/go is a file, and stays: what starts without a shell's files runs it" }],
  });
});

it("makes none where the directory is not root's alone, and says why, unless they are there", () => {
  const obstacle = "can be written by others than root (owner 0, mode 775)";
  const { steps, notes } = planLinks({ hasLinks: true }, observe(null, { obstacle }), []);
  expect(steps).toEqual([]);
  expect(notes[0]?.text).toContain(`/usr/local/bin: it ${obstacle};`);
  expect(planLinks({ hasLinks: true }, observe(wanted, { obstacle }), [managed(null)])).toEqual({
    steps: [],
    notes: [],
  });
});
