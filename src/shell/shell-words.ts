import type { ShellDialect } from "./managed-block.ts";

/** A piece of a word. `computed` is what only the shell itself can tell: `$(…)`, backticks, patterns, `${x:-y}`. */
export type Atom =
  | { readonly kind: "text"; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "computed"; readonly text: string };

export type Word = readonly Atom[];

/** Variables whose value is known, by name. */
export type Variables = ReadonlyMap<string, string>;

/**
 * The words of a line that is one simple command, a comment at its end left out; `undefined` where it is anything more
 * (`;`, `&&`, a pipe, a redirection, a subshell). A list, as in `path=(a b)`, gives the words `path=(`, `a`, `b`, `)`.
 */
export function simpleWords(line: string, dialect: ShellDialect): readonly Word[] | undefined {
  const words: Word[] = [];
  let atoms: Atom[] = [];
  let isList = false;
  let index = 0;
  const endWord = (): void => {
    if (atoms.length > 0) words.push(atoms);
    atoms = [];
  };
  while (index < line.length) {
    const char = line[index] ?? "";
    if (/\s/.test(char)) {
      endWord();
      index += 1;
    } else if (char === "#" && atoms.length === 0) {
      break;
    } else if (char === "(" && !isList && endsInAssignment(atoms)) {
      words.push([{ kind: "text", text: `${literalOf(atoms) ?? ""}(`, isQuoted: false }]);
      atoms = [];
      isList = true;
      index += 1;
    } else if (char === ")" && isList) {
      endWord();
      words.push([{ kind: "text", text: ")", isQuoted: false }]);
      isList = false;
      index += 1;
    } else if (char === "(" && dialect === "fish") {
      const end = closing(line, index, "(", ")");
      if (end === -1) return undefined;
      atoms.push({ kind: "computed", text: line.slice(index, end + 1) });
      index = end + 1;
    } else if (/[;&|<>()`]/.test(char)) {
      return undefined;
    } else {
      const end = readAtoms(line, index, dialect, atoms);
      if (end === undefined) return undefined;
      index = end;
    }
  }
  endWord();
  return isList ? undefined : words;
}

function endsInAssignment(atoms: readonly Atom[]): boolean {
  const [first] = atoms;
  return atoms.length === 1 && first?.kind === "text" && /^[A-Za-z_]\w*\+?=$/.test(first.text);
}

/** Reads one quoted or unquoted piece at `index` into `atoms` and answers where it ended. */
function readAtoms(line: string, index: number, dialect: ShellDialect, atoms: Atom[]): number | undefined {
  const char = line[index] ?? "";
  if (char === "'") {
    const end = line.indexOf("'", index + 1);
    const text = line.slice(index + 1, end);
    if (end === -1 || (dialect === "fish" && text.includes("\\"))) return undefined;
    atoms.push({ kind: "text", text, isQuoted: true });
    return end + 1;
  }
  if (char === '"') {
    let at = index + 1;
    if (line[at] === '"') atoms.push({ kind: "text", text: "", isQuoted: true });
    while (at < line.length && line[at] !== '"') {
      if (line[at] === "`") return undefined;
      const end = line[at] === "$" ? readDollar(line, at, dialect, atoms) : readText(line, at, atoms, true);
      if (end === undefined) return undefined;
      at = end;
    }
    return at < line.length ? at + 1 : undefined;
  }
  if (char === "$") return readDollar(line, index, dialect, atoms);
  return readText(line, index, atoms, false);
}

function readText(line: string, index: number, atoms: Atom[], isQuoted: boolean): number | undefined {
  let text = "";
  let at = index;
  while (at < line.length) {
    const char = line[at] ?? "";
    if (char === "\\") {
      const next = line[at + 1];
      if (next === undefined) return undefined;
      text += isQuoted && !/["$`\\]/.test(next) ? `\\${next}` : next;
      at += 2;
    } else if ((isQuoted ? /["$`]/ : /[\s'"$;&|<>()`]/).test(char)) {
      break;
    } else {
      text += char;
      at += 1;
    }
  }
  atoms.push({ kind: "text", text, isQuoted });
  return at;
}

function readDollar(line: string, index: number, dialect: ShellDialect, atoms: Atom[]): number | undefined {
  const rest = line.slice(index);
  const name = /^\$([A-Za-z_]\w*)/.exec(rest) ?? /^\$\{([A-Za-z_]\w*)\}/.exec(rest);
  if (name !== null) {
    atoms.push({ kind: "variable", name: name[1] ?? "" });
    return index + name[0].length;
  }
  // `${PATH:+:$PATH}`: PATH with its colon, where there is a PATH.
  const before = /^\$\{PATH:?\+:(?:\$PATH|\$\{PATH\})\}/.exec(rest);
  const after = /^\$\{PATH:?\+(?:\$PATH|\$\{PATH\}):\}/.exec(rest);
  const match = before ?? after;
  if (match !== null) {
    const colon: Atom = { kind: "text", text: ":", isQuoted: true };
    const path: Atom = { kind: "variable", name: "PATH" };
    atoms.push(...(before === null ? [path, colon] : [colon, path]));
    return index + match[0].length;
  }
  const isBrace = rest[1] === "{" && dialect !== "fish";
  if (rest[1] === "(" || isBrace) {
    const end = isBrace ? closing(line, index + 1, "{", "}") : closing(line, index + 1, "(", ")");
    if (end === -1) return undefined;
    atoms.push({ kind: "computed", text: line.slice(index, end + 1) });
    return end + 1;
  }
  atoms.push({ kind: "computed", text: line.slice(index, index + 2) });
  return Math.min(index + 2, line.length);
}

function closing(line: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === "\\") at += 1;
    else if (line[at] === open) depth += 1;
    else if (line[at] === close) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** The word's value; `undefined` where something in it isn't known. */
export function expandWord(word: Word, variables: Variables): string | undefined {
  let value = "";
  for (const [index, atom] of word.entries()) {
    if (atom.kind === "computed") return undefined;
    if (atom.kind === "variable") {
      const known = variables.get(atom.name);
      if (known === undefined) return undefined;
      value += known;
    } else if (!atom.isQuoted && /[*?[\]{}]/.test(atom.text)) {
      return undefined;
    } else {
      const isHome = index === 0 && !atom.isQuoted && /^~(?:\/|$)/.test(atom.text);
      const home = isHome ? variables.get("HOME") : "";
      if (home === undefined) return undefined;
      value += isHome ? home + atom.text.slice(1) : atom.text;
    }
  }
  return value;
}

/** The entries of a PATH-like value. */
export function splitAtColons(word: Word): readonly Word[] {
  const entries: Atom[][] = [[]];
  for (const atom of word) {
    if (atom.kind !== "text") {
      entries.at(-1)?.push(atom);
      continue;
    }
    for (const [index, text] of atom.text.split(":").entries()) {
      if (index > 0) entries.push([]);
      if (text !== "") entries.at(-1)?.push({ ...atom, text });
    }
  }
  return entries;
}

/** `NAME=value`, `NAME+=value` taken apart; `undefined` for any other word. */
export function assignmentOf(
  word: Word,
): { readonly name: string; readonly isAdded: boolean; readonly value: Word } | undefined {
  const [first, ...rest] = word;
  if (first?.kind !== "text" || first.isQuoted) return undefined;
  const match = /^([A-Za-z_]\w*)(\+?)=/.exec(first.text);
  if (match === null) return undefined;
  const text = first.text.slice(match[0].length);
  return {
    name: match[1] ?? "",
    isAdded: match[2] === "+",
    value: text === "" ? rest : [{ ...first, text }, ...rest],
  };
}

/** The word as plain unquoted text; `undefined` where it is anything else. */
export function literalOf(word: Word): string | undefined {
  const [only] = word;
  return word.length === 1 && only?.kind === "text" && !only.isQuoted ? only.text : undefined;
}
