/** One line of a file. `end` is what closed it: empty only for a last line without newline. */
export interface FileLine {
  readonly body: string;
  readonly end: "\n" | "\r\n" | "";
}

/** Splits without losing a byte: `joinLines(splitLines(text)) === text`. */
export function splitLines(text: string): readonly FileLine[] {
  const lines: FileLine[] = [];
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf("\n", from);
    if (newline === -1) {
      lines.push({ body: text.slice(from), end: "" });
      break;
    }
    const isCrlf = newline > from && text[newline - 1] === "\r";
    lines.push({ body: text.slice(from, isCrlf ? newline - 1 : newline), end: isCrlf ? "\r\n" : "\n" });
    from = newline + 1;
  }
  return lines;
}

export function joinLines(lines: readonly FileLine[]): string {
  return lines.map((line) => line.body + line.end).join("");
}

/** The file's own convention: CRLF only where every line that ends at all ends so. */
export function lineEndOf(lines: readonly FileLine[]): "\n" | "\r\n" {
  const ended = lines.filter((line) => line.end !== "");
  return ended.length > 0 && ended.every((line) => line.end === "\r\n") ? "\r\n" : "\n";
}
