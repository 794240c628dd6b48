import { paint, printable, printableLine } from "./printable.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import type { CheckResult } from "../errors/event.ts";
import { formatHint } from "./format-checks.ts";
import type { ResultError } from "./result/result-shape.ts";
import { listCauses } from "./list-causes.ts";
import { wrapText } from "./wrap-text.ts";

const reportAt = "this is a bug in readygo; please report it, with all of this text, where you got readygo from";
const bugExit = 1;

export interface ErrorOptions {
  readonly isColor: boolean;
  readonly columns: number;
  /** Checks that were shown with their evidence and remedies: the error does not repeat them. */
  readonly shown?: readonly CheckResult[];
}

/**
 * The terminal form: `error[code]: summary`, below it the facts, and apart from them what to do. Anything but a
 * ProvisionError is a bug, and comes with its stack. Passwords, tokens and control characters from outside do not get
 * through. No newline at the end.
 */
export function formatError(error: unknown, options: ErrorOptions): string {
  const isBug = !(error instanceof ProvisionError);
  const shown = new Set((options.shown ?? []).flatMap(({ id, remedy }) => [id, ...(remedy === null ? [] : [remedy])]));
  const code = isBug ? "bug" : error.code;
  const first = `error[${code}]: `;
  const head = wrapText(printableLine(isBug ? messageOf(error) : error.message), {
    columns: options.columns,
    first,
    rest: "  ",
  }).replace(first.trim(), paint(first.trim(), "red", options.isColor));
  const details = isBug ? [] : Object.entries(error.details).filter(([key]) => !shown.has(key));
  const evidence = [
    ...(isBug ? indent(printable(stackOf(error)).split("\n").slice(1)) : []),
    ...causeRows(error, details, options.columns),
  ];
  const remedies = isBug ? [reportAt] : error.remedy.filter((text) => !shown.has(text));
  const hints = remedies.map((text) => formatHint(text, { ...options, indent: "  " }));
  return [[head, ...evidence].join("\n"), ...(hints.length === 0 ? [] : [hints.join("\n")])].join("\n\n");
}

/** The same facts for `--json`. */
export function toJsonError(error: unknown): ResultError {
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
function causeRows(
  error: unknown,
  details: readonly (readonly [string, string])[],
  columns: number,
): readonly string[] {
  const told = details.map(([, value]) => value);
  const causes = listCauses(error).filter((cause) => !told.some((value) => value.includes(cause)));
  const rows = [...details, ...causes.map((cause) => ["cause", cause] as const)].map(
    ([key, value]) => [printableLine(key), value] as const,
  );
  const width = Math.max(0, ...rows.map(([name]) => name.length).filter((length) => length <= mostKey));
  const below = " ".repeat(2 + width + 2);
  return rows.flatMap(([name, value]) => {
    const lines = printable(value).trimEnd().split("\n");
    // A key may be an address: then its value has the next line.
    const isLong = name.length > width;
    return [
      ...(isLong ? [wrapText(name, { columns, first: "  ", rest: "    " })] : []),
      ...lines.map((line, at) => {
        const first = at > 0 || isLong ? below : `  ${name.padEnd(width)}  `;
        return wrapText(line, { columns, first, rest: `${below}  ` });
      }),
    ];
  });
}

const mostKey = 24;

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
