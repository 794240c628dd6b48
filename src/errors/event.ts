import type { CheckResult } from "./check-result.ts";

/**
 * What happens, as it happens. Reporters (terminal, plain lines, none) render these; no other room prints.
 * `step` starts a named phase that ends with the next step or with `done`.
 */
export type ReportEvent =
  | { readonly kind: "step"; readonly text: string }
  | { readonly kind: "progress"; readonly receivedBytes: number; readonly totalBytes: number | undefined }
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string; readonly remedy?: string }
  | { readonly kind: "check"; readonly result: CheckResult }
  | { readonly kind: "done"; readonly text: string };

export type Emit = (event: ReportEvent) => void;
