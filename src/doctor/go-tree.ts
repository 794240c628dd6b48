import type { AbsolutePath } from "../host/absolute-path.ts";
import type { GoTreeLooker } from "../host/trees/go-tree-looker.ts";

/** A Go that readygo did not install. */
export interface GoTree {
  readonly path: AbsolutePath;
  /** Whose home it lies in; null for the whole host's. */
  readonly account: string | null;
  /** What of the host's package management brought it, as `snap go` or `package golang-1.22-go`; null for none. */
  readonly broughtBy: string | null;
  /** Looks at it with its account's rights. */
  readonly looker: Pick<GoTreeLooker, "readName" | "survey">;
}
