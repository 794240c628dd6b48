import type { Faults } from "../servers/mirror-protocol.ts";
import type { DiagnosticId } from "../../../src/doctor/list-diagnostics.ts";
import { environmentPlants } from "./environment-plants.ts";
import { goPlants } from "./go-plants.ts";
import { hostPlants } from "./host-plants.ts";
import { networkPlants } from "./network-plants.ts";
import { releasePlants } from "./release-plants.ts";

/**
 * One thing that is wrong with a host on which readygo has installed a release for an account. Scripts are bash's; in them
 * $U is the account, $H its home, $V the release (`go1.26.8`), and $R runs readygo.
 */
export interface Plant {
  /** What a host that is well has and the lab's has not. */
  readonly before?: string;
  /** What somebody did, as root. */
  readonly plant: string;
  /** What goes wrong with the mirror from then on, until it is cleared. */
  readonly faults?: Faults;
  /** A plain use of go that shows the harm, without readygo; `says` matches what it prints, stderr and exit status too. */
  readonly hurts: {
    readonly command: string;
    /** Default: the account, in a login shell. */
    readonly as?: "account" | "root";
    /** Before it was planted, and after it was cleared. */
    readonly well: RegExp;
    readonly ill: RegExp;
  };
  readonly found: {
    readonly severity: "error" | "warning" | "info";
    readonly says: RegExp;
    /** A place that is named; $H stands for the home. */
    readonly at?: string;
  };
  /** How it goes away: by --fix; by obeying the remedy literally; or, where that is advice, by doing what it says. */
  readonly clear: "fix" | "remedy" | { readonly advice: RegExp; readonly done: string };
  /** Takes away what would stand in the way of the next plant. */
  readonly undo?: string;
  /** Why it cannot be planted beside another one: it takes away what others need. Then it is left out of the pairs. */
  readonly alone?: string;
}

/** A diagnostic without a row does not compile. */
export const plants: Readonly<Record<DiagnosticId, Plant>> = {
  ...goPlants,
  ...environmentPlants,
  ...networkPlants,
  ...hostPlants,
  ...releasePlants,
};
