import { columnsOf } from "./columns.ts";
import type { Reporter, ReporterOptions } from "./create-reporter.ts";
import { formatCheck } from "./format-checks.ts";
import { printableLine } from "./printable.ts";
import { createTranscript, formatWarning } from "./transcript.ts";

const signEveryMs = 10_000;

/** For logs: what stays of a run, and a sign of life every ten seconds of a step that takes long. */
export function createPlainReporter(options: Required<ReporterOptions>): Reporter {
  const { stderr, nowMs } = options;
  const transcript = createTranscript(options);
  let toldAt = nowMs();
  const tell = (): void => {
    const step = transcript.running();
    if (step === undefined || nowMs() - toldAt < signEveryMs) return;
    toldAt = nowMs();
    stderr.write(`  … ${printableLine(step.text)}\n`);
  };
  // A step that says nothing itself, a build say, is no reason for a silent log.
  const timer = setInterval(tell, signEveryMs).unref();
  return {
    emit(event) {
      if (transcript.take(event)) toldAt = nowMs();
      else tell();
    },
    close() {
      clearInterval(timer);
      transcript.end();
    },
  };
}

/** Only what somebody has to act on. */
export function createQuietReporter({ stderr, isColor }: Required<ReporterOptions>): Reporter {
  return {
    emit(event) {
      const shown = { isColor, columns: columnsOf(stderr) };
      if (event.kind === "warning") stderr.write(`${formatWarning(event, shown)}\n`);
      const isBad = event.kind === "check" && (event.result.status === "fail" || event.result.status === "warn");
      if (isBad) stderr.write(`${formatCheck(event.result, shown)}\n`);
    },
    close() {
      // Nothing is left on the screen.
    },
  };
}
