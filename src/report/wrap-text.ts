/** Breaks a text at single spaces into lines of at most `width` columns, the later ones indented; a longer word stays whole. */
export function wrapText(text: string, width: number, indent: string): string {
  const [first = "", ...words] = text.split(/(?<=\S) (?=\S)/);
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    if (line.length + 1 + word.length <= width) line = `${line} ${word}`;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line].join("\n");
}
