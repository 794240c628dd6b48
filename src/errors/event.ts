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
  /** All that the check has seen, a line each, where the evidence names a few: for `--json`. */
  readonly seen?: readonly string[];
}

/** A variable in a launch context: file and line that set it, or the program whose own it is. */
export interface ContextVariable {
  readonly value: string;
  readonly origin: string;
}

/** What `go` means where a process of an account starts in one way. */
export interface ContextRow {
  /** As docs/contexts.md names it. */
  readonly context: string;
  /** As somebody would type it. */
  readonly typed: string;
  readonly account: string;
  readonly how: "derived" | "started" | "unseen";
  /**
   * - `pass`: `go` is the release at /usr/local/go, and no GOROOT of another tree is in its way
   * - `warn`: it is another, or nothing is found where this Go could be
   * - `info`: nothing is found, as on every stock host: what starts it looks in /usr/bin and /bin alone
   * - `skip`: it could not be seen
   */
  readonly status: "pass" | "warn" | "info" | "skip";
  /** The program's path, or the text of an alias or function; null for nothing. */
  readonly go: string | null;
  /** Its release, where its tree says; null where not. */
  readonly version: string | null;
  readonly variables: Readonly<Record<string, ContextVariable>>;
  /** Why it could not be seen. */
  readonly why?: string;
}

/** How long a part of a run took; checks and diagnostics run side by side. */
export interface Timing {
  readonly kind: "step" | "check" | "diagnostic";
  readonly name: string;
  /** By the process's own clock, which never goes back. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** A change that a run is about to make. */
export interface PlannedChange {
  readonly verb: "create" | "replace" | "edit" | "restore" | "remove" | "leave";
  readonly path: string;
  /** What is there now and what will be, in words a person compares. */
  readonly before: string;
  readonly after: string;
  /** Why, as the end of the sentence "readygo does this, because …". */
  readonly reason: string;
}

/** An archive that comes from a network, or is read from a disk. */
export interface Transfer {
  readonly verb: "download" | "read";
  readonly file: string;
}

/**
 * What happens, as it happens. Reporters (terminal, log, quiet) render these; nothing else prints while a command runs.
 * `step` starts a named phase that ends with the next step; `detail` is for --verbose alone.
 */
export type ReportEvent =
  | { readonly kind: "plan"; readonly title: string; readonly changes: readonly PlannedChange[] }
  | { readonly kind: "step"; readonly text: string; readonly transfer?: Transfer }
  | { readonly kind: "progress"; readonly receivedBytes: number; readonly totalBytes: number | undefined }
  /** The archive that came last is proven, and by what. */
  | { readonly kind: "proof"; readonly file: string; readonly roots: readonly string[] }
  | { readonly kind: "detail"; readonly text: string }
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string; readonly remedy?: string }
  | { readonly kind: "check"; readonly result: CheckResult };

export type Emit = (event: ReportEvent) => void;
