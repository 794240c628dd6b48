export type Layer = 1 | 2 | 3;

/** `fail` is for what putting the former state back can cure; what it can't cure is `warn`, with a remedy. */
export interface CheckResult {
  readonly id: string;
  readonly layer: Layer;
  readonly status: "pass" | "fail" | "warn" | "skip";
  /** What was seen, in one line that stands without the check's name. */
  readonly evidence: string;
  /** A command or sentence that can be acted on; null on pass. */
  readonly remedy: string | null;
  /** Where files of the tree differ: each of them and how, for `--json`; the evidence names a few. */
  readonly differences?: readonly string[];
}
