import { formatWarning } from "./format-error.ts";
import type { Ora } from "ora";
import type { Reporter, ReporterOptions } from "./create-reporter.ts";
import { formatCheck } from "./format-checks.ts";
import { printableLine } from "./printable.ts";
import { createTransferRate } from "./transfer-rate.ts";

/** A step that runs: what it has received, and how many checks have come in. */
interface RunningStep {
  readonly text: string;
  received: string;
  checks: number;
}

/**
 * A spinner with the running step; each step that has ended stays as a line above it. ora is loaded with the first step,
 * so that commands that take no time do not pay for it; until it is there, lines come without a spinner.
 */
export function createTerminalReporter(options: Required<ReporterOptions>): Reporter {
  const { stderr, isColor, nowMs } = options;
  let rate = createTransferRate(nowMs);
  let step: RunningStep | undefined;
  let spinner: Ora | undefined;
  let isLoading = false;
  let isClosed = false;

  const words = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("  ");
  // ora watches the stream: a line that is written while it spins comes above the spinner.
  const line = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  const show = (): void => {
    if (spinner === undefined || step === undefined) return;
    spinner.text = words(step.text, step.received, step.checks === 0 ? "" : `${step.checks} done`);
    if (!spinner.isSpinning) spinner.start();
  };
  const load = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    if (isClosed) return;
    // ora's way of swallowing key presses puts the terminal in raw mode, and Ctrl-C must stay a signal.
    spinner = ora({ stream: stderr, discardStdin: false, color: isColor ? "cyan" : false });
    show();
  };
  const endStep = (): void => {
    spinner?.stop();
    // Rows of checks have their step's line above them.
    if (step !== undefined && step.checks === 0) line(words(step.text, step.received));
    step = undefined;
  };

  return {
    emit(event) {
      switch (event.kind) {
        case "step":
          endStep();
          rate = createTransferRate(nowMs);
          step = { text: printableLine(event.text), received: "", checks: 0 };
          if (!isLoading && !isClosed) {
            isLoading = true;
            // Without ora every line is still printed.
            load().catch(() => undefined);
          }
          return show();
        case "progress":
          if (step === undefined) return;
          step.received = rate.describe(event.receivedBytes, event.totalBytes);
          return show();
        case "notice":
          return line(printableLine(event.text));
        case "warning":
          return line(formatWarning(event, isColor));
        case "check":
          if (step !== undefined) {
            if (step.checks === 0) line(step.text);
            step.checks += 1;
          }
          line(formatCheck(event.result, { isColor }));
          return show();
      }
    },
    close() {
      isClosed = true;
      endStep();
      spinner = undefined;
    },
  };
}
