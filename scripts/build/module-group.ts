import { wrapped } from "./lazy-modules.ts";

// Modules that one kind of run loads all of, as one script with one code cache: a script of its own for each of a hundred
// modules costs a fifth of such a run.

/** The script's text: an expression for an object of the modules' functions by name. */
export function groupModules(modules: readonly { readonly name: string; readonly text: string }[]): string {
  const members = modules.map(({ name, text }) => `${JSON.stringify(name)}: ${wrapped(text)}`);
  return `({\n${members.join(",\n")}\n})`;
}

/** The module that a line of {@link groupModules}' text belongs to, and the line in it, both from 1; for a stack trace. */
export function locateInGroup(text: string, line: number): { name: string; line: number } | undefined {
  const lines = text.split("\n");
  for (let at = line - 1; at >= 0; at -= 1) {
    const name = /^"([^"]+)": \(function /.exec(lines[at] ?? "")?.[1];
    if (name !== undefined) return { name, line: line - at };
  }
  return undefined;
}
