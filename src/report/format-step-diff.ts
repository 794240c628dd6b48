import { structuredPatch } from "diff";
import { redactUrl } from "../errors/redact-url.ts";
import type { Step } from "../plan/plan.ts";

/**
 * The lines that a step takes out of a file and puts into it, as a unified diff; null where it writes no text. What else
 * stands in the file is its owner's, and may be secret: no line around is shown.
 */
export function formatStepDiff(step: Step): string | null {
  if (step.kind !== "write-file") return null;
  const { target, content, formerContent } = step;
  const from = formerContent === null ? "/dev/null" : target;
  const { hunks } = structuredPatch(from, target, toText(formerContent ?? ""), toText(content), "", "", { context: 0 });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
  return redactUrl([`--- ${from}`, `+++ ${target}`, ...lines, ""].join("\n"));
}

/** Of bytes that are no UTF-8 only the look suffers. */
function toText(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
