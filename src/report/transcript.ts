import type { CheckResult, ReportEvent, Transfer } from "../errors/event.ts";
import { columnsOf } from "./columns.ts";
import { formatBytes } from "./format-bytes.ts";
import { formatChanges } from "./format-changes.ts";
import { countLayers, formatCheck, formatHint, formatTroubles } from "./format-checks.ts";
import { formatDuration } from "./format-duration.ts";
import { paint, printableLine } from "./printable.ts";
import { createTransferRate } from "./transfer-rate.ts";
import { wrapText } from "./wrap-text.ts";

export interface TranscriptOptions {
  readonly isColor: boolean;
  readonly isVerbose: boolean;
  readonly stderr: NodeJS.WritableStream;
  /** Milliseconds from any start, never going back. */
  readonly nowMs: () => number;
}

/** What runs now, for a spinner or a line in a log. */
export interface RunningStep {
  readonly text: string;
  /** Between 0 and 1, where it is known. */
  readonly share: number | undefined;
}

export interface Transcript {
  /** @returns whether the event has begun another step */
  take(event: ReportEvent): boolean;
  running(): RunningStep | undefined;
  /** What the run has left to say, and an empty line before what comes next. */
  end(): void;
}

/** Lines of one kind stand together, with an empty line before those of another. */
type Block = "title" | "changes" | "phase" | "message";

const labelWidth = 8;

/**
 * What stays of a run on stderr, on a terminal and in a log alike: what is planned, a line for the download, one for what
 * proved it, one that counts the checks with those that are not ok, and every warning. --verbose has each step and check.
 */
export function createTranscript({ isColor, isVerbose, stderr, nowMs }: TranscriptOptions): Transcript {
  let last: Block | undefined;
  let step: { readonly text: string; readonly startedAt: number } | undefined;
  let transfer: (Transfer & { readonly startedAt: number; endedAt: number; bytes: number; total?: number }) | undefined;
  let rate = createTransferRate(nowMs);
  let received = "";
  let checks: CheckResult[] = [];

  const write = (block: Block, text: string): void => {
    const isApart = last !== undefined && last !== block;
    last = block;
    stderr.write(`${isApart ? "\n" : ""}${text}\n`);
  };
  const columns = (): number => columnsOf(stderr);
  const message = (text: string): void => {
    write("message", wrapText(printableLine(text), { columns: columns(), first: "", rest: "  " }));
  };
  const phase = (label: string, text: string): void => {
    const first = `  ${label.padEnd(labelWidth)}   `;
    const lines = wrapText(printableLine(text), { columns: columns(), first, rest: " ".repeat(first.length) });
    write("phase", lines.replace(label, paint(label, "bold", isColor)));
  };
  const endChecks = (): void => {
    const told = checks;
    checks = [];
    if (told.length === 0) return;
    const duration = step === undefined ? "" : `   ${formatDuration(nowMs() - step.startedAt)}`;
    phase("checks", `${countLayers(told)}${duration}`);
    if (isVerbose) return;
    for (const row of formatTroubles(told, { isColor, columns: columns() })) write("phase", row);
  };

  return {
    take(event) {
      switch (event.kind) {
        case "plan":
          write("title", paint(printableLine(event.title), "bold", isColor));
          if (event.changes.length > 0)
            write("changes", formatChanges(event.changes, { isColor, isVerbose, columns: columns() }));
          return false;
        case "step":
          endChecks();
          step = { text: printableLine(event.text), startedAt: nowMs() };
          received = "";
          if (event.transfer !== undefined) {
            rate = createTransferRate(nowMs);
            transfer = { ...event.transfer, startedAt: nowMs(), endedAt: nowMs(), bytes: 0 };
          }
          if (isVerbose) message(step.text);
          return true;
        case "progress":
          received = rate.describe(event.receivedBytes, event.totalBytes);
          if (transfer !== undefined) {
            transfer.endedAt = nowMs();
            transfer.bytes = event.receivedBytes;
            if (event.totalBytes !== undefined) transfer.total = event.totalBytes;
          }
          return false;
        case "proof":
          if (transfer !== undefined) {
            const { verb, file, bytes, startedAt, endedAt } = transfer;
            const came = bytes === 0 ? "" : `   ${formatBytes(bytes)} in ${formatDuration(endedAt - startedAt)}`;
            phase(verb, `${file}${came}`);
          }
          transfer = undefined;
          phase("verified", event.roots.join(", "));
          return false;
        case "detail":
          if (isVerbose) message(event.text);
          return false;
        case "notice":
          // Where something was asked is for --verbose, and for a log, which is read when it is over.
          message(
            isVerbose || columns() === Infinity ? event.text : event.text.replaceAll(/ \(https?:\/\/[^\s)]*\)/g, ""),
          );
          return false;
        case "warning":
          write("message", formatWarning(event, { isColor, columns: columns() }));
          return false;
        case "check":
          checks.push(event.result);
          if (isVerbose) write("phase", formatCheck(event.result, { isColor, columns: columns() }));
          return false;
      }
    },
    running() {
      if (step === undefined) return undefined;
      const { total = 0, bytes = 0 } = transfer ?? {};
      const done = checks.length === 0 ? "" : `${checks.length} done`;
      const text = [step.text, received, done].filter((part) => part !== "").join("  ");
      return { text, share: received !== "" && total > 0 ? Math.min(1, bytes / total) : undefined };
    },
    end() {
      endChecks();
      step = undefined;
      if (last !== undefined) stderr.write("\n");
      last = undefined;
    },
  };
}

/** `warning: …`, and a hint below where there is one. No newline at the end. */
export function formatWarning(
  warning: { readonly text: string; readonly remedy?: string },
  { isColor, columns }: { readonly isColor: boolean; readonly columns: number },
): string {
  const line = wrapText(printableLine(warning.text), { columns, first: "warning: ", rest: "  " }).replace(
    "warning:",
    paint("warning:", "yellow", isColor),
  );
  return warning.remedy === undefined
    ? line
    : `${line}\n${formatHint(warning.remedy, { isColor, columns, indent: "  " })}`;
}
