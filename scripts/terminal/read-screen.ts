/** A run of characters that look the same. */
export interface Span {
  readonly text: string;
  /** SGR parameters that hold for it, such as 32 or 1. */
  readonly styles: readonly number[];
}

interface Cell {
  readonly character: string;
  readonly styles: readonly number[];
}

/** What ends a style, by the code that does it (ECMA-48, SGR). */
const ends: Readonly<Record<number, (style: number) => boolean>> = {
  0: () => true,
  22: (style) => style === 1 || style === 2,
  39: (style) => (style >= 30 && style <= 37) || (style >= 90 && style <= 97),
};

/**
 * What stands on a terminal of `columns` when all of `output` has been written to it: lines of spans. Knows what readygo and its
 * spinner send: SGR, moves of the cursor, erasing in the line and below, and modes (which change nothing here).
 */
export function readScreen(output: string, columns: number): readonly (readonly Span[])[] {
  const rows: Cell[][] = [[]];
  let row = 0;
  let column = 0;
  let styles: readonly number[] = [];
  const line = (): Cell[] => {
    while (rows.length <= row) rows.push([]);
    return rows[row] ?? [];
  };
  const control = (parameters: string, final: string): void => {
    const count = Number(parameters.split(";")[0] ?? "") || 0;
    switch (final) {
      case "m":
        for (const code of parameters.split(";").map(Number)) {
          const isOver = ends[code];
          styles = isOver === undefined ? [...styles, code] : styles.filter((style) => !isOver(style));
        }
        return;
      case "A":
        row = Math.max(0, row - (count || 1));
        return;
      case "B":
        row += count || 1;
        return;
      case "G":
        column = (count || 1) - 1;
        return;
      case "K":
        line().splice(count === 2 ? 0 : column);
        return;
      case "J":
        line().splice(column);
        rows.splice(row + 1);
        return;
      default:
    }
  };
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is read here
  for (const [part, parameters, final] of output.matchAll(/\u001B\[\??([\d;]*)([A-Za-z])|\u001B.|[^]/gu)) {
    if (final !== undefined) control(parameters ?? "", final);
    else if (part === "\n") row += 1;
    else if (part === "\r") column = 0;
    else if (part >= " ") {
      if (column === columns) {
        row += 1;
        column = 0;
      }
      const cells = line();
      while (cells.length < column) cells.push({ character: " ", styles: [] });
      cells[column] = { character: part, styles };
      column += 1;
    }
  }
  return rows.map(joinCells);
}

function joinCells(cells: readonly Cell[]): readonly Span[] {
  const spans: { text: string; styles: readonly number[] }[] = [];
  for (const { character, styles } of cells) {
    const last = spans.at(-1);
    if (last !== undefined && last.styles.join() === styles.join()) last.text += character;
    else spans.push({ text: character, styles });
  }
  return spans;
}
