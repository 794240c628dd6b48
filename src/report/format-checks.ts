import { type Colour, paint, printableLine } from "./printable.ts";
import type { CheckResult, Layer } from "../errors/event.ts";

const marks = { pass: "ok", fail: "FAIL", warn: "warn", skip: "skip" } as const satisfies Record<
  CheckResult["status"],
  string
>;
const colours = { pass: "green", fail: "red", warn: "yellow", skip: "dim" } as const satisfies Record<
  CheckResult["status"],
  Colour
>;
export const layerNames = { 1: "binary", 2: "environment", 3: "runtime" } as const satisfies Record<Layer, string>;

const markWidth = 4;
/** The longest id of today's checks, so that rows that are printed one by one line up too. */
const leastIdWidth = 17;

/** One check: mark, id, evidence, and below them what to do about it. No newline at the end. */
export function formatCheck(
  result: CheckResult,
  options: { readonly isColor: boolean; readonly idWidth?: number },
): string {
  const { isColor, idWidth = leastIdWidth } = options;
  const mark = paint(marks[result.status].padEnd(markWidth), colours[result.status], isColor);
  const row = `  ${mark}  ${result.id.padEnd(idWidth)}  ${printableLine(result.evidence)}`;
  if (result.remedy === null) return row;
  return `${row}\n${" ".repeat(2 + markWidth + 2)}${paint("hint:", "cyan", isColor)} ${printableLine(result.remedy)}`;
}

/** The table of a whole run, a paragraph a layer, and a line that counts. No newline at the end. */
export function formatChecks(results: readonly CheckResult[], { isColor }: { readonly isColor: boolean }): string {
  const idWidth = Math.max(leastIdWidth, ...results.map(({ id }) => id.length));
  const paragraphs = ([1, 2, 3] as const).flatMap((layer) => {
    const rows = results.filter((result) => result.layer === layer);
    if (rows.length === 0) return [];
    return [
      [
        paint(layerNames[layer], "bold", isColor),
        ...rows.map((result) => formatCheck(result, { isColor, idWidth })),
      ].join("\n"),
    ];
  });
  return [...paragraphs, countChecks(results)].join("\n\n");
}

/** `15 checks: 13 ok, 1 warn, 1 skip`; kinds that did not occur are left out. */
function countChecks(results: readonly CheckResult[]): string {
  const counts = (["pass", "fail", "warn", "skip"] as const).flatMap((status) => {
    const count = results.filter((result) => result.status === status).length;
    return count === 0 ? [] : [`${count} ${marks[status]}`];
  });
  const total = results.length === 1 ? "1 check" : `${results.length} checks`;
  return counts.length === 0 ? total : `${total}: ${counts.join(", ")}`;
}
