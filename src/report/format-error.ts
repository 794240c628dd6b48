import { paint, printable, printableLine } from "./printable.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import type { JsonError } from "./json-result.ts";
import { listCauses } from "./list-causes.ts";

const reportAt = "this is a bug in readygo; please report it, with all of this text, where you got readygo from";
const bugExit = 1;

/**
 * The terminal form: `error[code]: summary`, facts, hints. Anything but a ProvisionError is a bug, and is
 * told with its stack. Passwords, tokens and control characters from outside do not get through. No newline at the end.
 */
export function formatError(error: unknown, { isColor }: { readonly isColor: boolean }): string {
  const head = (code: string): string => paint(`error[${code}]:`, "red", isColor);
  const hint = (text: string): string => `  ${paint("hint:", "cyan", isColor)} ${printableLine(text)}`;
  if (!(error instanceof ProvisionError)) {
    const stack = indent(printable(stackOf(error)).split("\n").slice(1));
    return [
      `${head("bug")} ${printableLine(messageOf(error))}`,
      ...stack,
      ...causeRows(error, []),
      hint(reportAt),
    ].join("\n");
  }
  return [
    `${head(error.code)} ${printableLine(error.message)}`,
    ...causeRows(error, Object.entries(error.details)),
    ...error.remedy.map(hint),
  ].join("\n");
}

/** The same facts for `--json`. */
export function toJsonError(error: unknown): JsonError {
  const causes = listCauses(error).map(printableLine);
  if (!(error instanceof ProvisionError)) {
    return {
      code: "bug",
      summary: printableLine(messageOf(error)),
      details: { stack: printable(stackOf(error)) },
      cause: causes.length === 0 ? null : causes.join("; "),
      remedy: [reportAt],
      exit: bugExit,
    };
  }
  return {
    code: error.code,
    summary: printableLine(error.message),
    details: Object.fromEntries(Object.entries(error.details).map(([key, value]) => [key, printable(value)])),
    cause: causes.length === 0 ? null : causes.join("; "),
    remedy: error.remedy.map(printableLine),
    exit: error.exit,
  };
}

/** Facts and causes as two columns; the further lines of a value stand under its first. */
function causeRows(error: unknown, details: readonly (readonly [string, string])[]): readonly string[] {
  const told = details.map(([, value]) => value);
  const causes = listCauses(error).filter((cause) => !told.some((value) => value.includes(cause)));
  const rows = [...details, ...causes.map((cause) => ["cause", cause] as const)];
  const width = Math.max(0, ...rows.map(([key]) => key.length));
  return rows.flatMap(([key, value]) => {
    const [first = "", ...rest] = printable(value).trimEnd().split("\n");
    return [
      `  ${printableLine(key).padEnd(width)}  ${first}`,
      ...rest.map((line) => `  ${" ".repeat(width)}  ${line}`),
    ];
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** The first line is the message; the rest says where. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return messageOf(error);
  const at = error.stack.indexOf("\n    at ");
  return at < 0 ? messageOf(error) : `${messageOf(error).replaceAll("\n", " ")}${error.stack.slice(at)}`;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line.trim()}`);
}

/** `warning: …`, and a hint below where there is one. No newline at the end. */
export function formatWarning(warning: { readonly text: string; readonly remedy?: string }, isColor: boolean): string {
  const line = `${paint("warning:", "yellow", isColor)} ${printableLine(warning.text)}`;
  return warning.remedy === undefined
    ? line
    : `${line}\n  ${paint("hint:", "cyan", isColor)} ${printableLine(warning.remedy)}`;
}
