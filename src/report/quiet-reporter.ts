import type { Reporter, ReporterOptions } from "./create-reporter.ts";
import { formatCheck } from "./format-checks.ts";
import { formatWarning } from "./format-warning.ts";

/** Only what somebody has to act on. */
export function createQuietReporter({ stderr, isColor, isShowingChecks }: Required<ReporterOptions>): Reporter {
  return {
    emit(event) {
      if (event.kind === "warning") stderr.write(`${formatWarning(event, isColor)}\n`);
      const isBad = event.kind === "check" && (event.result.status === "fail" || event.result.status === "warn");
      if (isBad && isShowingChecks) stderr.write(`${formatCheck(event.result, { isColor })}\n`);
    },
    close() {
      // Nothing is left on the screen.
    },
  };
}
