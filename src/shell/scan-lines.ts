import type { FileLine } from "./file-lines.ts";
import type { ShellDialect } from "./managed-block.ts";

/**
 * What is open where a line starts. `code`: nothing, a command can start here. `text`: a quote or a here-document.
 * `inside`: a parenthesis, an expansion, or the line above went on with a backslash.
 */
export type LineStart = "code" | "text" | "inside";

export interface LineScan {
  /** One for each line, and a last one for the end of the file. */
  readonly starts: readonly LineStart[];
  /** For each line: how many compound commands (`if`, `case`, `do`, `{`; in fish all that `end`) are around it. */
  readonly depths: readonly number[];
  /** For each line: whether one of them is a function or a group in braces. */
  readonly inFunction: readonly boolean[];
  /**
   * The line on which something opens that never closes; the number of lines where all is closed. What stands after
   * that line cannot be known: the shell may read it as text, or this scan may have misread an unusual construct.
   */
  readonly openFrom: number;
  /** Every compound command ends: `depths` can be believed. */
  readonly isBalanced: boolean;
}

type Open = "single" | "double" | "ansi" | "paren" | "arithmetic" | "parameter";

const isQuote = (open: Open | undefined): boolean => open === "single" || open === "double" || open === "ansi";

const openers: Readonly<Record<string, string>> = { if: "fi", case: "esac", do: "done", "{": "}" };
const fishOpeners = new Set(["if", "while", "for", "function", "begin", "switch"]);
const commandFollows = new Set([
  "then",
  "do",
  "else",
  "elif",
  "if",
  "while",
  "until",
  "!",
  "{",
  "time",
  "not",
  "and",
  "or",
]);

/** Finds out, line by line, what a shell would take as code: quotes, here-documents, nesting. It runs nothing. */
export function scanLines(lines: readonly FileLine[], dialect: ShellDialect): LineScan {
  const scanner = new Scanner(dialect);
  const starts: LineStart[] = [];
  const depths: number[] = [];
  const inFunction: boolean[] = [];
  let openFrom = 0;
  for (const [index, line] of lines.entries()) {
    const start = scanner.start();
    starts.push(start);
    depths.push(scanner.compounds.length);
    inFunction.push(scanner.functions > 0);
    if (start === "code") openFrom = index;
    scanner.read(line.body);
  }
  const end = scanner.start();
  starts.push(end);
  return {
    starts,
    depths,
    inFunction,
    openFrom: end === "code" ? lines.length : openFrom,
    isBalanced: end === "code" && scanner.compounds.length === 0,
  };
}

class Scanner {
  readonly compounds: string[] = [];
  functions = 0;
  readonly #dialect: ShellDialect;
  readonly #open: Open[] = [];
  readonly #documents: { readonly delimiter: string; readonly stripsTabs: boolean }[] = [];
  #isContinued = false;
  #isCommand = true;
  #isNamingFunction = false;

  constructor(dialect: ShellDialect) {
    this.#dialect = dialect;
  }

  start(): LineStart {
    const top = this.#open.at(-1);
    if (isQuote(top)) return "text";
    if (this.#documents.length > 0) return "text";
    return top !== undefined || this.#isContinued ? "inside" : "code";
  }

  read(given: string): void {
    const body = given.replace(/\r+$/, "");
    const document = this.#documents[0];
    if (document !== undefined && !isQuote(this.#open.at(-1))) {
      const line = document.stripsTabs ? body.replace(/^\t+/, "") : body;
      if (line === document.delimiter) this.#documents.shift();
      return;
    }
    if (!this.#isContinued && this.#open.length === 0) this.#isCommand = true;
    this.#isContinued = false;
    let word = "";
    let index = 0;
    while (index < body.length) {
      const char = body[index] ?? "";
      const top = this.#open.at(-1);
      if (top === "single") {
        if (char === "\\" && this.#dialect === "fish") index += 1;
        else if (char === "'") this.#open.pop();
      } else if (top === "ansi") {
        if (char === "\\") index += 1;
        else if (char === "'") this.#open.pop();
      } else if (char === "\\") {
        if (index === body.length - 1) this.#isContinued = top !== "double";
        index += 1;
        word += "\\";
      } else if (char === '"') {
        if (top === "double") this.#open.pop();
        else this.#open.push("double");
        word += char;
      } else if (char === "$" && this.#opensExpansion(body, index)) {
        const isArithmetic = body.startsWith("((", index + 1) && this.#dialect !== "fish";
        this.#open.push(body[index + 1] === "{" ? "parameter" : isArithmetic ? "arithmetic" : "paren");
        index += 1;
        word += char;
      } else if (top === "double") {
        // Everything else is itself inside double quotes.
      } else if (top === "parameter") {
        if (char === "}") this.#open.pop();
        else if (char === "'" && !this.#open.includes("double")) this.#open.push("single");
      } else if (char === "'") {
        this.#open.push(body[index - 1] === "$" && this.#dialect !== "fish" ? "ansi" : "single");
        word += char;
      } else if (char === "#" && word === "" && top !== "arithmetic") {
        break;
      } else if (char === "<" && top !== "arithmetic" && this.#dialect !== "fish" && body[index + 1] === "<") {
        index = this.#readDocumentStart(body, index);
        continue;
      } else if (char === "(") {
        this.#endWord(word);
        word = "";
        this.#open.push(body[index + 1] === "(" || top === "arithmetic" ? "arithmetic" : "paren");
        if (body[index - 1] === "(" && top === "arithmetic") this.#isCommand = false;
      } else if (char === ")") {
        this.#endWord(word);
        word = "";
        // An unmatched one closes a pattern of `case`.
        if (top !== undefined) this.#open.pop();
        this.#isCommand = true;
      } else if (/[\s;&|]/.test(char)) {
        this.#endWord(word);
        word = "";
        if (!/\s/.test(char)) this.#isCommand = true;
      } else {
        word += char;
      }
      index += 1;
    }
    this.#endWord(word);
  }

  #opensExpansion(body: string, index: number): boolean {
    const next = body[index + 1];
    if (this.#dialect === "fish") return next === "(";
    return next === "(" || next === "{";
  }

  #readDocumentStart(body: string, index: number): number {
    if (body[index + 2] === "<") return index + 3;
    const stripsTabs = body[index + 2] === "-";
    const rest = body.slice(index + (stripsTabs ? 3 : 2));
    const match = /^[ \t]*((?:'[^']*'|"[^"]*"|\\.|[^\s;&|<>()'"\\])+)/.exec(rest);
    if (match === null) return index + 2;
    const delimiter = (match[1] ?? "").replaceAll(/['"\\]/g, "");
    this.#documents.push({ delimiter, stripsTabs });
    return index + (stripsTabs ? 3 : 2) + match[0].length;
  }

  #endWord(word: string): void {
    if (word === "" || this.#open.length > 0) return;
    const isCommand =
      this.#isCommand || ((word === "{" || word === "}") && (this.#isNamingFunction || this.#dialect === "zsh"));
    this.#isCommand = isCommand && commandFollows.has(word);
    if (!isCommand) return;
    this.#isNamingFunction = word === "function";
    if (this.#dialect === "fish") {
      if (fishOpeners.has(word)) this.#enter(word);
      else if (word === "end") this.#leave();
    } else if (Object.hasOwn(openers, word)) {
      this.#enter(word);
    } else if (openers[this.compounds.at(-1) ?? ""] === word) {
      this.#leave();
    }
  }

  #enter(word: string): void {
    this.compounds.push(word);
    if (word === "{" || word === "function") this.functions += 1;
  }

  #leave(): void {
    const word = this.compounds.pop();
    if (word === "{" || word === "function") this.functions -= 1;
  }
}
