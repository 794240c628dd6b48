import { printable, printableLine } from "../printable.ts";

/** Characters of one text that a report has; somebody's file may be a megabyte in one line. */
const mostCharacters = 1_000;

/** What XML has no way to write, and what no font has a picture for. */
const noCharacters = /[\ufffe\uffff]/g;

/** A text of a result as a report may have it: what a reader or a terminal would obey is written out, and its length is bounded. */
export function visibleText(text: string, most = mostCharacters): string {
  return printable(cut(text, most)).toWellFormed().replace(noCharacters, "\ufffd");
}

/** The same, in one line. */
export function visibleLine(text: string, most = mostCharacters): string {
  return printableLine(visibleText(text, most));
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… (${(text.length - most).toLocaleString("en-US")} more characters)`;
}
