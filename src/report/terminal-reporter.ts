import type { Ora } from "ora";
import { columnsOf } from "./columns.ts";
import type { Reporter, ReporterOptions } from "./create-reporter.ts";
import { createTranscript, type RunningStep } from "./transcript.ts";

const barWidth = 20;
/** The spinner itself, the space after it, and one column that stays free: some terminals break a full line. */
const aroundText = 3;

/**
 * A spinner with the running step below what stays. ora is loaded with the first step, so that commands that take no time
 * do not pay for it; until it is there, lines come without a spinner.
 */
export function createTerminalReporter(options: Required<ReporterOptions>): Reporter {
  const { stderr, isColor } = options;
  const transcript = createTranscript(options);
  let spinner: Ora | undefined;
  let isLoading = false;
  let isClosed = false;

  const show = (): void => {
    const step = transcript.running();
    if (spinner === undefined || step === undefined) return;
    spinner.text = describe(step, columnsOf(stderr) - aroundText);
    if (!spinner.isSpinning) spinner.start();
  };
  const load = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    if (isClosed) return;
    // ora's way of swallowing key presses puts the terminal in raw mode, and Ctrl-C must stay a signal.
    spinner = ora({ stream: stderr, discardStdin: false, color: isColor ? "cyan" : false });
    show();
  };

  return {
    emit(event) {
      // ora watches the stream: a line that is written while it spins comes above the spinner.
      if (transcript.take(event) && !isLoading && !isClosed) {
        isLoading = true;
        // Without ora every line is still printed.
        load().catch(() => undefined);
      }
      show();
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      spinner?.stop();
      spinner = undefined;
      transcript.end();
    },
  };
}

/** In one line, whatever the width: a spinner's text that goes on in the next one leaves its first behind. */
function describe({ text, share }: RunningStep, room: number): string {
  const bar = share === undefined ? "" : `  [${"#".repeat(Math.round(share * barWidth)).padEnd(barWidth)}]`;
  const whole = `${text}${bar}`;
  return whole.length <= room ? whole : text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}
