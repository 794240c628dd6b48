import { printableLine } from "./printable.ts";
import { wrapText } from "./wrap-text.ts";

/** Rows of a list: cells in columns, of which the last one goes on below itself where a line is too short. No newline at the end. */
export function formatRows(rows: readonly (readonly string[])[], columns: number): string {
  const table = rows.map((row) => row.map(printableLine));
  const widths = (table[0] ?? []).slice(0, -1).map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  return table
    .map((row) => {
      const first = `  ${widths.map((width, at) => `${(row[at] ?? "").padEnd(width)}  `).join("")}`;
      return wrapText(row.at(-1) ?? "", { columns, first, rest: " ".repeat(first.length) });
    })
    .join("\n");
}
