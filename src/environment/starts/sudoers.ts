import { posix } from "node:path";
import type { Account } from "../../host/ports.ts";
import { expandPattern, joinLines, type Line, type Texts } from "../texts.ts";

/** What sudoers say of the environment, for one who calls and one whom the command runs as. */
export interface SudoersSettings {
  readonly securePath: SudoersValue | undefined;
  /** Names that are kept of the caller's environment; may end in `*`. */
  readonly kept: readonly SudoersValue[];
  readonly isReset: boolean;
  /** Whether a rule names the caller at all; what it allows is not looked at. */
  readonly isCallerNamed: boolean;
}

export interface SudoersValue {
  readonly value: string;
  readonly path: string;
  readonly line: number;
}

/** sudo's and sudo-rs' own lists (`sudo -V` as root): env_keep, and env_check, which keeps what has no `%` or `/`. */
const builtInKept = [
  ["COLORS", "DISPLAY", "HOSTNAME", "KRB5CCNAME", "LS_COLORS", "PATH", "PS1", "PS2", "XAUTHORITY", "XAUTHORIZATION"],
  ["XDG_CURRENT_DESKTOP", "COLORTERM", "LANG", "LANGUAGE", "LC_*", "LINGUAS", "TERM", "TZ"],
].flat();

const mostNested = 16;

interface SudoersLine extends Line {
  readonly path: string;
}

/** Those of sudo-rs are read instead of sudo's where they are there and sudo is sudo-rs. */
export function chooseSudoers(texts: Texts, isSudoRs: boolean): string {
  return isSudoRs && texts.read("/etc/sudoers-rs") !== undefined ? "/etc/sudoers-rs" : "/etc/sudoers";
}

/**
 * sudoers(5) as far as it touches an environment, in the order of the files. Both sudo and sudo-rs read it so. Settings for
 * a host or for a command are passed over. Undefined where sudoers cannot be read.
 */
export function readSudoers(
  texts: Texts,
  path: string,
  caller: { readonly account: Account; readonly groups: readonly string[] },
  target: Account,
): SudoersSettings | undefined {
  if (texts.read(path) === undefined) return undefined;
  let securePath: SudoersValue | undefined;
  let isReset = true;
  let isCallerNamed = caller.account.uid === 0;
  let kept: readonly SudoersValue[] = builtInKept.map((value) => ({ value, path: "", line: 0 }));
  const aliases = new Map<string, readonly string[]>();
  const names = (list: string, account: Account, groups: readonly string[]): boolean =>
    splitList(list)
      .flatMap((each) => aliases.get(each) ?? [each])
      .some((each) => isNamed(each, account, groups));
  for (const { text, path: from, number: line } of readLines(texts, path, 0)) {
    const [, scope = "", list] = /^Defaults(\S*)\s+(.*)$/.exec(text) ?? [];
    if (list !== undefined) {
      if (scope.startsWith(":") && !names(scope.slice(1), caller.account, caller.groups)) continue;
      if (scope.startsWith(">") && !names(scope.slice(1), target, [])) continue;
      if (scope.startsWith("@") || scope.startsWith("!")) continue;
      for (const { name, isNegated, operator, value } of parseDefaults(list)) {
        if (name === "env_reset") isReset = !isNegated;
        if (name === "secure_path") securePath = isNegated ? undefined : { value, path: from, line };
        if (name === "env_keep" || name === "env_check") {
          const added = value.split(/\s+/).filter((each) => each !== "");
          if (operator === "-=") kept = kept.filter((each) => !added.includes(each.value));
          else kept = [...(operator === "+=" ? kept : []), ...added.map((each) => ({ value: each, path: from, line }))];
          if (isNegated) kept = [];
        }
      }
      continue;
    }
    const [, alias, members] = /^User_Alias\s+([A-Z][A-Z0-9_]*)\s*=\s*(.*)$/.exec(text) ?? [];
    if (alias !== undefined && members !== undefined) aliases.set(alias, splitList(members));
    else if (!/^(?:[A-Z][a-z]+_Alias)\b/.test(text)) {
      const [, users] = /^((?:\S|\\ |,\s+)+)\s+\S.*=/.exec(text) ?? [];
      if (users !== undefined) isCallerNamed ||= names(users, caller.account, caller.groups);
    }
  }
  return { securePath, kept, isReset, isCallerNamed };
}

function splitList(list: string): readonly string[] {
  return list.split(",").map((each) => each.trim().replaceAll('"', ""));
}

function isNamed(name: string, account: Account, groups: readonly string[]): boolean {
  if (name === "ALL" || name === account.name || name === `#${account.uid}`) return true;
  return name.startsWith("%") && groups.includes(name.slice(1));
}

interface Default {
  readonly name: string;
  readonly isNegated: boolean;
  readonly operator: string;
  readonly value: string;
}

function parseDefaults(list: string): readonly Default[] {
  const one = /(!?)\s*([a-z_]+)\s*(?:(\+=|-=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  return [...list.matchAll(one)].map(([, negation, name = "", operator = "", quoted, bare]) => ({
    name,
    isNegated: negation === "!",
    operator,
    value: quoted ?? bare ?? "",
  }));
}

/** Without comments; files that are included stand in the place of the line that includes them. */
function readLines(texts: Texts, path: string, depth: number): readonly SudoersLine[] {
  if (depth > mostNested) return [];
  return joinLines(texts.read(path) ?? "").flatMap(({ text, number }): readonly SudoersLine[] => {
    const [, what, named = ""] = /^\s*[#@](include|includedir)\s+"?([^"]*?)"?\s*$/.exec(text) ?? [];
    const target = named.startsWith("/") ? named : posix.join(posix.dirname(path), named);
    if (what === "include") return readLines(texts, target, depth + 1);
    if (what === "includedir") {
      return expandPattern(texts, `${target}/*`)
        .filter((each) => !posix.basename(each).includes(".") && !each.endsWith("~"))
        .flatMap((each) => readLines(texts, each, depth + 1));
    }
    // A `#` that a number follows is a user id.
    const line = text.replace(/(?:^|\s)#(?!\d).*$/, "").trim();
    return line === "" ? [] : [{ text: line, number, path }];
  });
}
