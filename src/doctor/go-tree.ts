import type { AbsolutePath } from "../host/absolute-path.ts";
import type { GoTreeSurvey } from "../host/go-tree-survey.ts";

/** A Go that readygo did not install. */
export interface GoTree {
  readonly path: AbsolutePath;
  /** Whose home it lies in; null for the whole host's. */
  readonly account: string | null;
  /** What of the host's package management brought it, as `snap go` or `package golang-1.22-go`; null for none. */
  readonly broughtBy: string | null;
  /** Reads it whole, as its account. @throws HomeRefusal, and what node:fs throws */
  survey(): Promise<GoTreeSurvey>;
}
