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

/**
 * What happens, as it happens. Reporters (terminal, plain lines, none) render these; no other room prints.
 * `step` starts a named phase that ends with the next step.
 */
export type ReportEvent =
  | { readonly kind: "step"; readonly text: string }
  | { readonly kind: "progress"; readonly receivedBytes: number; readonly totalBytes: number | undefined }
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string; readonly remedy?: string }
  | { readonly kind: "check"; readonly result: CheckResult };

export type Emit = (event: ReportEvent) => void;
