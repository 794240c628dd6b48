import { posix } from "node:path";
import { parseAbsolutePath } from "../host/absolute-path.ts";
import type { ReadFiles } from "../host/ports.ts";

/** Text files, as the programs of a host would read them. What is not there, or may not be read, is undefined. */
export interface Texts {
  read(path: string): string | undefined;
  /** Names in a directory, sorted by bytes. */
  list(path: string): readonly string[];
}

/** Far more than a file of settings has: pam_env itself stops at 8 KiB a line. */
const mostBytes = 1024 * 1024;

/** The files of the system, each read once. */
export function openSystemTexts(files: ReadFiles): Texts {
  const known = new Map<string, string | undefined>();
  return {
    read(path) {
      if (!known.has(path)) known.set(path, readIfAllowed(files, path));
      return known.get(path);
    },
    list(path) {
      const absolute = parseAbsolutePath(path);
      return absolute === undefined ? [] : (ifAllowed(() => files.list(absolute)) ?? []);
    },
  };
}

function readIfAllowed(files: ReadFiles, path: string): string | undefined {
  const absolute = parseAbsolutePath(path);
  if (absolute === undefined) return undefined;
  return ifAllowed(() => files.readStart(absolute, mostBytes)?.toString("utf8"));
}

/** An account that runs `verify` itself may not read what root alone may (sudoers, crontabs). */
function ifAllowed<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") return undefined;
    throw error;
  }
}

/** Texts that are there already, by path: those of a home, read by its account. */
export function openKnownTexts(known: ReadonlyMap<string, string>): Texts {
  return {
    read: (path) => known.get(path),
    list: (path) =>
      [...known.keys()]
        .filter((each) => posix.dirname(each) === path)
        .map((each) => posix.basename(each))
        .toSorted(),
  };
}

/** The first that has it: a home's texts before those of the system. */
export function joinTexts(...all: readonly Texts[]): Texts {
  return {
    read: (path) => all.map((texts) => texts.read(path)).find((text) => text !== undefined),
    list: (path) => [...new Set(all.flatMap((texts) => texts.list(path)))].toSorted(),
  };
}

export interface Line {
  readonly text: string;
  /** Of its first physical line, counted from 1. */
  readonly number: number;
}

/** Lines, those that end in a backslash joined with the next; a comment ends with its line. */
export function joinLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let begun: Line | undefined;
  for (const [at, physical] of text.split("\n").entries()) {
    const whole: Line = { text: (begun?.text ?? "") + physical, number: begun?.number ?? at + 1 };
    const isComment = begun === undefined && physical.trimStart().startsWith("#");
    begun = physical.endsWith("\\") && !isComment ? { ...whole, text: whole.text.slice(0, -1) } : undefined;
    if (begun === undefined) lines.push(whole);
  }
  return begun === undefined ? lines : [...lines, begun];
}

/** Files of a directory that match the last part of a pattern with `*` and `?`, in the order of glob(3). */
export function expandPattern(texts: Texts, pattern: string): readonly string[] {
  if (!/[*?]/.test(pattern)) return [pattern];
  const directory = posix.dirname(pattern);
  const name = posix
    .basename(pattern)
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const matching = new RegExp(`^${name}$`);
  return texts
    .list(directory)
    .filter((each) => matching.test(each) && !each.startsWith("."))
    .map((each) => posix.join(directory, each));
}
