import { createPlainReporter, createQuietReporter } from "./plain-reporter.ts";
import type { Emit } from "../errors/event.ts";
import { createTerminalReporter } from "./terminal-reporter.ts";

export type ReporterMode = "terminal" | "plain" | "quiet";

export interface ReporterOptions {
  readonly mode: ReporterMode;
  readonly isColor: boolean;
  /** Default: false. */
  readonly isVerbose?: boolean;
  readonly stderr: NodeJS.WritableStream;
  /** Milliseconds from any start, never going back. Default: this process's own. */
  readonly nowMs?: () => number;
}

export interface Reporter {
  readonly emit: Emit;
  /** Takes the spinner away, and says what is left to say; what is emitted afterwards comes as plain lines. */
  close(): void;
}

/** Renders events on stderr: with a spinner on a terminal, as a log elsewhere, warnings alone when quiet. */
export function createReporter(options: ReporterOptions): Reporter {
  const known = { nowMs: () => performance.now(), isVerbose: false, ...options };
  switch (hasNoWidth(options.stderr) ? plainerMode(options.mode) : options.mode) {
    case "terminal":
      return createTerminalReporter(known);
    case "plain":
      return createPlainReporter(known);
    case "quiet":
      return createQuietReporter(known);
  }
}

/**
 * Serial consoles and terminals that programs open (`script`, `docker exec -t`, Ansible) often say that they are 0 columns
 * wide. ora divides by that and then clears lines without end.
 */
function hasNoWidth(stream: NodeJS.WritableStream): boolean {
  return "columns" in stream && stream.columns === 0;
}

function plainerMode(mode: ReporterMode): ReporterMode {
  return mode === "terminal" ? "plain" : mode;
}
