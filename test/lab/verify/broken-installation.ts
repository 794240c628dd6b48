import type { Plant } from "../doctor/plant.ts";
import { environmentBreaks } from "./environment-breaks.ts";
import { runtimeBreaks } from "./runtime-breaks.ts";
import { treeBreaks } from "./tree-breaks.ts";

/** An installation that is broken, on a host as test/lab/doctor/plant.ts describes it. */
export interface BrokenInstallation extends Pick<Plant, "before" | "plant" | "faults" | "hurts" | "undo"> {
  /** Which check finds it. Root's own run stops before any check where others can write above its places: `as` the account. */
  readonly found: {
    readonly by: string;
    readonly status: "fail" | "warn";
    readonly says: RegExp;
    readonly as?: "account";
  };
  /** The remedy, obeyed literally; or, where that is advice, what it says done. */
  readonly cure: "remedy" | { readonly advice: RegExp; readonly done: string };
}

export const brokenInstallations: Readonly<Record<string, BrokenInstallation>> = {
  ...treeBreaks,
  ...environmentBreaks,
  ...runtimeBreaks,
};
