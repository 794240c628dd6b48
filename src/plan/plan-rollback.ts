import { places } from "../host/places.ts";
import type { Receipt } from "../host/state/receipt.ts";
import type { ObservedTree } from "./observed-state.ts";
import { describeTree } from "./describe-tree.ts";
import type { Plan } from "./plan.ts";

/** Back to the release before this one; after that, `rollback` leads forward again. Empty where none is kept. Pure. */
export function planRollback(receipt: Receipt, tree: ObservedTree): Plan {
  const [kept] = receipt.previous;
  if (kept === undefined) return { steps: [], notes: [] };
  return {
    steps: [
      {
        kind: "rollback-tree",
        target: places.goroot,
        kept,
        reason: `it is the release before ${receipt.version}`,
        before: describeTree(tree),
        after: `${kept.version} linux/${kept.architecture}`,
      },
    ],
    notes: [],
  };
}
