import { formatWarning } from "./format-error.ts";
import type { Reporter, ReporterOptions } from "./create-reporter.ts";
import { formatCheck } from "./format-checks.ts";
import { printableLine } from "./printable.ts";
import { createTransferRate } from "./transfer-rate.ts";

const progressEveryMs = 10_000;

/** For logs: one line a step, and during a long transfer one every ten seconds. */
export function createPlainReporter(options: Required<ReporterOptions>): Reporter {
  const { stderr, isColor, nowMs } = options;
  const line = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  let rate = createTransferRate(nowMs);
  let toldAt = nowMs();
  return {
    emit(event) {
      switch (event.kind) {
        case "step":
          rate = createTransferRate(nowMs);
          toldAt = nowMs();
          return line(printableLine(event.text));
        case "progress": {
          const words = rate.describe(event.receivedBytes, event.totalBytes);
          if (nowMs() - toldAt < progressEveryMs) return;
          toldAt = nowMs();
          return line(`  ${words}`);
        }
        case "notice":
          return line(printableLine(event.text));
        case "warning":
          return line(formatWarning(event, isColor));
        case "check":
          line(formatCheck(event.result, { isColor }));
      }
    },
    close() {
      // Nothing is left on the screen.
    },
  };
}

/** Only what somebody has to act on. */
export function createQuietReporter({ stderr, isColor }: Required<ReporterOptions>): Reporter {
  return {
    emit(event) {
      if (event.kind === "warning") stderr.write(`${formatWarning(event, isColor)}\n`);
      const isBad = event.kind === "check" && (event.result.status === "fail" || event.result.status === "warn");
      if (isBad) stderr.write(`${formatCheck(event.result, { isColor })}\n`);
    },
    close() {
      // Nothing is left on the screen.
    },
  };
}
