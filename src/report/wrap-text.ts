export interface WrapOptions {
  /** Columns of the terminal. */
  readonly columns: number;
  /** Before the first line, and before each further one. */
  readonly first: string;
  readonly rest: string;
}

/** No room is narrower: what does not fit then is the terminal's to break. */
const leastRoom = 20;

/**
 * Breaks a text into lines that fit. Single spaces are where it breaks first; a path, address or hash that is longer than
 * a line is broken after a mark such as `/` or `,`, else anywhere. Two spaces in a row set a command apart and stay together.
 */
export function wrapText(text: string, { columns, first, rest }: WrapOptions): string {
  const room = Math.max(columns, Math.max(first.length, rest.length) + leastRoom);
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    let left = word;
    if (!isEmpty && line.length + 1 + left.length <= room) {
      line += ` ${left}`;
      continue;
    }
    if (!isEmpty) {
      lines.push(line);
      line = rest;
    }
    while (line.length + left.length > room) {
      const at = findBreak(left, room - line.length);
      lines.push(line + left.slice(0, at));
      left = left.slice(at);
      line = rest;
    }
    line += left;
    isEmpty = false;
  }
  return [...lines, line].map((each) => each.trimEnd()).join("\n");
}

/** Lines of a text that are too long go on below, further in than they begin; a command in them can still be pasted. */
export function fitLines(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => {
      if (line.length <= columns) return line;
      const first = /^ */.exec(line)?.[0] ?? "";
      return wrapRemedy(line.slice(first.length), { columns, first, rest: `${first}  ` });
    })
    .join("\n");
}

function findBreak(word: string, most: number): number {
  const head = word.slice(0, most);
  const at = Math.max(...[" ", "/", ",", "&", "?", "=", "@", "-"].map((mark) => head.lastIndexOf(mark))) + 1;
  return at > most / 2 ? at : most;
}

/**
 * A remedy: what it says and the command it names (two spaces set that apart) each on lines of their own where one line is
 * too short. A command is not cut by a line's end that a shell would take for its own: it goes on after a backslash.
 */
export function wrapRemedy(text: string, options: WrapOptions): string {
  if (options.first.length + text.length <= options.columns) return `${options.first}${text}`;
  const [head = "", ...others] = text.split(/ {2,}/).map((part) => part.trim());
  const wrap = (part: string, first: string): string =>
    isCommand(part) ? wrapCommand(part, { ...options, first }) : wrapText(part, { ...options, first });
  return [wrap(head, options.first), ...others.map((part) => wrap(part, options.rest))].join("\n");
}

const programs =
  /^(?:sudo|readygo|env|go|export|unset|set|cd|apt-get|apt|snap|dpkg|chmod|chown|chattr|mv|cp|rm|rmdir|mkdir|ln|mount|umount|systemctl|crontab|visudo|usermod|update-alternatives|brew|conda|nix|mise|asdf|goenv|gvm|curl|sed|mkdir|\/\S+|~\/\S+) /;

function isCommand(text: string): boolean {
  return programs.test(text);
}

function wrapCommand(text: string, { columns, first, rest }: WrapOptions): string {
  const lines = wrapText(text, { columns: columns - 2, first, rest }).split("\n");
  // What had to be cut inside a word stays whole instead: a terminal's own break does no harm to what is copied.
  if (lines.map((line, at) => line.slice((at === 0 ? first : rest).length)).join(" ") !== text)
    return `${first}${text}`;
  return lines.join(" \\\n");
}
