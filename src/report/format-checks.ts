import type { CheckResult, Layer } from "../errors/event.ts";
import { type Colour, paint, printableLine } from "./printable.ts";
import { wrapRemedy, wrapText } from "./wrap-text.ts";

const marks = { pass: "ok", fail: "FAIL", warn: "warn", skip: "skip" } as const satisfies Record<
  CheckResult["status"],
  string
>;
const colours = { pass: "green", fail: "red", warn: "yellow", skip: "dim" } as const satisfies Record<
  CheckResult["status"],
  Colour
>;
export const layerNames = { 1: "binary", 2: "environment", 3: "runtime" } as const satisfies Record<Layer, string>;
const layers = [1, 2, 3] as const;

const markWidth = 4;
/** Rows that are printed one by one line up too. */
const idWidth = 17;
/** Where a row's id begins, and where its evidence does. */
const rest = " ".repeat(2 + markWidth + 2);
const below = " ".repeat(rest.length + idWidth + 2);

export interface ChecksOptions {
  readonly isColor: boolean;
  readonly columns: number;
}

/** One check: mark, id, evidence, and below them what to do about it. No newline at the end. */
export function formatCheck(result: CheckResult, { isColor, columns }: ChecksOptions): string {
  const { id, status, evidence, remedy } = result;
  const mark = marks[status];
  const row = wrapText(`${id.padEnd(idWidth)}  ${printableLine(evidence)}`, {
    columns,
    first: `  ${mark.padEnd(markWidth)}  `,
    rest: below,
  }).replace(mark, paint(mark, colours[status], isColor));
  return remedy === null ? row : `${row}\n${formatHint(remedy, { isColor, columns, indent: below })}`;
}

/** `hint: …`, with what to do about something. */
export function formatHint(
  remedy: string,
  { isColor, columns, indent }: ChecksOptions & { readonly indent: string },
): string {
  const first = `${indent}hint: `;
  const text = wrapRemedy(printableLine(remedy), { columns, first, rest: `${indent}      ` });
  return text.replace("hint:", paint("hint:", "cyan", isColor));
}

/**
 * A whole run: for each layer a line that counts, and below it what is not as it should be; with `isVerbose` every check.
 * At the end a line that counts them all. No newline at the end.
 */
export function formatChecks(
  results: readonly CheckResult[],
  options: ChecksOptions & { readonly isVerbose: boolean },
): string {
  const blocks = layers.flatMap((layer) => {
    const own = results.filter((result) => result.layer === layer);
    if (own.length === 0) return [];
    const name = layerNames[layer];
    const head = `${name.padEnd(layerNames[2].length)}  ${countPassed(own)}`.replace(
      name,
      paint(name, "bold", options.isColor),
    );
    const shown = options.isVerbose ? own.map((result) => formatCheck(result, options)) : formatTroubles(own, options);
    return [[head, ...shown].join("\n")];
  });
  return [...(blocks.length === 0 ? [] : [blocks.join("\n")]), countChecks(results)].join("\n\n");
}

/** Rows of those that are not ok; checks that were left out for one reason have one row. */
export function formatTroubles(results: readonly CheckResult[], options: ChecksOptions): readonly string[] {
  const troubles = results.filter(({ status }) => status !== "pass");
  const byReason = Map.groupBy(troubles, ({ id, status, evidence }) => (status === "skip" ? evidence : id));
  return [...byReason.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return [formatCheck(same.length === 1 ? first : { ...first, id: `${same.length} checks` }, options)];
  });
}

/** `binary 8/8   environment 11/12   runtime 3/3`: how many passed of those that were looked at. */
export function countLayers(results: readonly CheckResult[]): string {
  return layers
    .flatMap((layer) => {
      const own = results.filter((result) => result.layer === layer);
      const passed = own.filter(({ status }) => status === "pass").length;
      return own.length === 0 ? [] : [`${layerNames[layer]} ${passed}/${own.length}`];
    })
    .join("   ");
}

function countPassed(results: readonly CheckResult[]): string {
  const passed = results.filter(({ status }) => status === "pass").length;
  return `${passed} of ${results.length} ok`;
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
