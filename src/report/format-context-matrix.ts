import type { ContextRow } from "../errors/event.ts";
import { type Colour, paint, printable } from "./printable.ts";

const colours = { pass: "green", warn: "yellow", info: "dim", skip: "dim" } as const satisfies Record<
  ContextRow["status"],
  Colour
>;

const mostCell = 24;

/**
 * What `go` is in each launch context, a column an account. Contexts that all find the release are counted in the last
 * line; a row stands for each of the others. No newline at the end; empty where nothing was looked at.
 */
export function formatContextMatrix(rows: readonly ContextRow[], { isColor }: { readonly isColor: boolean }): string {
  if (rows.length === 0) return "";
  const accounts = [...new Set(rows.map(({ account }) => account))];
  const byContext = [...Map.groupBy(rows, ({ typed }) => typed)];
  const shown = byContext.filter(([, cells]) => cells.some(({ status }) => status !== "pass"));
  const passed = byContext.length - shown.length;
  const typedWidth = Math.max(15, ...shown.map(([typed]) => typed.length));
  const widths = accounts.map((account) =>
    Math.max(
      account.length,
      ...shown.map(([, cells]) => describe(cells.find((cell) => cell.account === account)).length),
    ),
  );
  const lines = shown.map(([typed, cells]) => {
    const columns = accounts.map((account, at) => {
      const cell = cells.find((other) => other.account === account);
      return paint(describe(cell).padEnd(widths[at] ?? 0), cell === undefined ? "dim" : colours[cell.status], isColor);
    });
    return `  ${typed.padEnd(typedWidth)}  ${columns.join("  ")}`.trimEnd();
  });
  const head = `  ${"".padEnd(typedWidth)}  ${accounts.map((account, at) => account.padEnd(widths[at] ?? 0)).join("  ")}`;
  const rest = `  ${passed} of ${byContext.length} launch contexts find this Go${accounts.length > 1 ? ` for ${accounts.join(" and ")}` : ""}`;
  return [
    paint("launch contexts", "bold", isColor),
    ...(lines.length === 0 ? [] : [head.trimEnd(), ...lines]),
    rest,
  ].join("\n");
}

function describe(cell: ContextRow | undefined): string {
  if (cell === undefined) return "-";
  const { status, go, version } = cell;
  if (status === "pass") return "ok";
  if (status === "skip") return "not seen";
  if (go === null) return "none";
  const text = printable(version === null || !go.startsWith("/") ? go : version);
  return text.length > mostCell ? `${text.slice(0, mostCell - 1)}…` : text;
}
