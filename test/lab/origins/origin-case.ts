import type { TraceMode } from "../../../src/environment/trace/trace-question.ts";

/**
 * One home and what its shell must answer. The line that is the answer ends in {@link here}; otherwise `is` says it:
 * `unset`, `start`, `unknown`, or `file NAME` where no line can be named. Files are the home's, or absolute.
 */
export interface OriginCase {
  readonly about: string;
  readonly files: Readonly<Record<string, string>>;
  /** A variable, a directory on PATH, `alias` or `function`. Default: GOROOT. */
  readonly of?: string;
  readonly is?: string;
  readonly mode?: TraceMode;
  /** Added to what the shell is started with. */
  readonly env?: Readonly<Record<string, string>>;
  /** A prompt hook has part in it: `SHELL -c` alone ends otherwise. */
  readonly hasHook?: boolean;
}

export const here = "#@";

/** Lines of one file. */
export function lines(...text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}
