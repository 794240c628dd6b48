import type { FileLine } from "./file-lines.ts";

const asksInteractive = /\$-|\$\{-\}|\bPS1\b|-o\s+interactive\b|-t\s+[012]\b|is-interactive|\btty\s+-s\b/;
const leaves = /\b(?:return|exit)\b/;
const closers: Readonly<Record<string, RegExp>> = { case: /^\s*esac\b/, if: /^\s*(?:fi|end)\b/ };

/** A guard longer than this isn't one: the whole file stands inside its `if`. */
const longestGuard = 12;

/**
 * The line before which shells that nobody types into still read the file: a guard as Debian's and Ubuntu's .bashrc has
 * it, with its comment; undefined where there is none. It matters only where no link in /usr/local/bin leads to Go.
 * Only lines that are not indented count: what stands inside something else is no end of the file.
 */
export function findGuard(lines: readonly FileLine[]): number | undefined {
  const guard = lines.findIndex((_, index) => isGuard(lines, index));
  if (guard === -1) return undefined;
  let place = guard;
  const isComment = (body: string): boolean => body.startsWith("#") && !body.startsWith("#!");
  while (place > 0 && isComment(bodyAt(lines, place - 1))) place -= 1;
  return place;
}

function isGuard(lines: readonly FileLine[], index: number): boolean {
  const body = bodyAt(lines, index);
  const start = /^(case|if|\[\[?|test|status|not|tty|!)(?=\s)/.exec(body);
  if (start === null || !asksInteractive.test(body)) return false;
  const closer = closers[start[1] ?? ""];
  if (closer === undefined || /\b(?:esac|fi|end)\s*(?:[;#].*)?$/.test(body)) return leaves.test(body);
  const rest = lines.slice(index + 1, index + longestGuard).map((line) => line.body);
  const end = rest.findIndex((line) => closer.test(line));
  return end !== -1 && rest.slice(0, end + 1).some((line) => leaves.test(line.replace(/^\s*#.*/, "")));
}

function bodyAt(lines: readonly FileLine[], index: number): string {
  return lines[index]?.body ?? "";
}
