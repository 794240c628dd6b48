import type { RunResult } from "../ports.ts";

const bounds = {
  memory: "ended, since it took more memory than it may",
  processes: "ended, since it started more processes than it may",
  output: "ended, since it printed more than it may",
} as const;

/** How a child that did not do its work ended, in one line: the bound, the signal, or the status and its last words. */
export function describeRun(result: RunResult, timeoutMs: number): string {
  if (result.endedBy === "time") return `no answer within ${timeoutMs / 1000} s`;
  if (result.endedBy !== null) return bounds[result.endedBy];
  const words = lastLine(result.stderr) || lastLine(result.stdout);
  const end = result.signal === null ? `exit status ${result.status ?? "unknown"}` : `ended by ${result.signal}`;
  return words === "" ? end : `${end}: ${words}`;
}

/** The last line that says something, cut at 300 characters. */
export function lastLine(text: string): string {
  const line = text.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
