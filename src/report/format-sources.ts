import { formatBytes } from "./format-bytes.ts";
import { formatDuration } from "./format-duration.ts";
import { printableLine } from "./printable.ts";
import { wrapText } from "./wrap-text.ts";

/** One source as it is shown; the order of the list is the order of the table. */
export interface SourceLine {
  readonly name: string;
  readonly status: "delivers" | "absent" | "fails";
  /** Where the archive was found, or what was asked in vain. */
  readonly url: string;
  readonly firstByteMs: number | null;
  readonly bytesPerSecond: number | null;
  readonly why: string | null;
}

/**
 * A row a source: name, status, then time and rate with where it was found, or why not; the last part stands below where
 * the terminal is too narrow. No newline at the end.
 */
export function formatSources(lines: readonly SourceLine[], columns: number): string {
  const rows = lines.map(({ name, status, url, firstByteMs, bytesPerSecond, why }) =>
    firstByteMs === null || bytesPerSecond === null
      ? [name, status, "", "", `${why ?? ""}${url === "" ? "" : ` (${url})`}`]
      : [name, status, formatDuration(firstByteMs), `${formatBytes(bytesPerSecond)}/s`, url],
  );
  const table = [["source", "", "first byte", "rate", ""], ...rows].map((row) => row.map(printableLine));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const join = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const isNarrow = table.some((row) => join(row).length > columns);
  if (!isNarrow) return table.map(join).join("\n");
  return table
    .map((row) => {
      const [last = ""] = row.slice(-1);
      const head = join(row.slice(0, -1));
      return last === "" ? head : `${head}\n${wrapText(last, { columns, first: "  ", rest: "    " })}`;
    })
    .join("\n");
}
