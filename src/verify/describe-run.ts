import type { RunResult } from "../host/ports.ts";

/** How a child that did not do its work ended, in one line: the bound, the signal, or the status and its last words. */
export function describeRun(result: RunResult, timeoutMs: number): string {
  if (result.isTimedOut) return `no answer within ${timeoutMs / 1000} s`;
  const words = lastLine(result.stderr) || lastLine(result.stdout);
  const end = result.signal === null ? `exit status ${result.status ?? "unknown"}` : `ended by ${result.signal}`;
  return words === "" ? end : `${end}: ${words}`;
}

/** The last line that says something, cut at 300 characters. */
export function lastLine(text: string): string {
  const line = text.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
