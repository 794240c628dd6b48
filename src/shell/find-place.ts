import type { FileLine } from "./file-lines.ts";
import type { LineScan } from "./scan-lines.ts";

const asksInteractive = /\$-|\$\{-\}|\bPS1\b|-o\s+interactive\b|-t\s+[012]\b|is-interactive|\btty\s+-s\b/;
const leaves = /\b(?:return|exit)\b/;
const closers: Readonly<Record<string, RegExp>> = { case: /^\s*esac\b/, if: /^\s*(?:fi|end)\b/ };

/** A guard longer than this isn't one: the whole file stands inside its `if`. */
const longestGuard = 12;
const longestLine = 4096;

/**
 * The index of the line before which the block is reached by every shell that reads the file: before the first command
 * that ends it early for shells nobody types into (and before that command's comment), else at the end, or before
 * something that is opened and never closed.
 *
 * @param foreign for each line, whether it belongs to another tool's managed block
 */
export function findPlace(lines: readonly FileLine[], scan: LineScan, foreign: readonly boolean[]): number {
  const limit = Math.min(scan.openFrom, lines.length);
  for (let index = 0; index < limit; index += 1) {
    if (scan.starts[index] !== "code" || foreign[index] === true) continue;
    if (scan.isBalanced && scan.depths[index] !== 0) continue;
    if (isEarlyEnd(lines, index)) return beforeComment(lines, index, scan, foreign);
  }
  return limit;
}

function isEarlyEnd(lines: readonly FileLine[], index: number): boolean {
  const body = lines[index]?.body ?? "";
  if (body.length > longestLine) return false;
  // Indented lines stand in something, even where the nesting could not be made out.
  if (/^(?:return|exit)\b|^exec\s+[^\s<>&\d]/.test(body)) return true;
  const start = /^(case|if|\[\[?|test|status|not|tty|!)(?=\s)/.exec(body);
  if (start === null || !asksInteractive.test(body)) return false;
  const closer = closers[start[1] ?? ""];
  if (closer === undefined || /\b(?:esac|fi|end)\s*(?:[;#].*)?$/.test(body)) return leaves.test(body);
  const rest = lines.slice(index + 1, index + longestGuard).map((line) => line.body);
  const end = rest.findIndex((line) => closer.test(line));
  return end !== -1 && rest.slice(0, end + 1).some((line) => leaves.test(line.replace(/^\s*#.*/, "")));
}

function beforeComment(lines: readonly FileLine[], guard: number, scan: LineScan, foreign: readonly boolean[]): number {
  let place = guard;
  while (place > 0 && foreign[place - 1] !== true && scan.starts[place - 1] === "code") {
    const above = lines[place - 1]?.body ?? "";
    if (!/^\s*#/.test(above) || (place === 1 && above.startsWith("#!"))) break;
    place -= 1;
  }
  return place;
}
