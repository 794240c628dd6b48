import type { ShellDialect } from "./managed-block.ts";
import {
  assignmentOf,
  expandWord,
  literalOf,
  simpleWords,
  splitAtColons,
  type Variables,
  type Word,
} from "./shell-words.ts";

export interface LineSetting {
  /**
   * `goroot`: the line sets or exports GOROOT and nothing else. `path`: it adds directories of another Go to PATH and
   * nothing else. `mixed`: one of these and something else, so that it can't be switched off whole. `gopath`: it sets
   * GOPATH. `none`: nothing of Go.
   */
  readonly kind: "goroot" | "path" | "mixed" | "gopath" | "none";
  readonly why: string;
  /** Variables that the line gives a known value, or (undefined) one that isn't known. */
  readonly sets: ReadonlyMap<string, string | undefined>;
  /** It stays, and puts `$GOROOT/bin` before what PATH had. */
  readonly leadsWithGoroot: boolean;
}

export interface JudgeContext {
  readonly dialect: ShellDialect;
  readonly home: string;
  readonly variables: Variables;
  readonly isOtherGo: (directory: string) => boolean;
}

const ownBin = "/usr/local/go/bin";

// These hold much besides Go, whatever `isOtherGo` says of them.
const sharedDirectories = new Set([
  "/bin",
  "/sbin",
  "/usr/bin",
  "/usr/sbin",
  "/usr/games",
  "/usr/local/bin",
  "/usr/local/sbin",
  "/snap/bin",
]);

/** Nobody types such a line; the expressions below would take their time over it. */
const longestLine = 4096;

type Entry = "path" | "other-go" | "own" | "goroot" | "rest";

/** What one line that starts and ends as code does to Go. */
export function judgeLine(line: string, context: JudgeContext): LineSetting {
  if (line.length > longestLine) return nothing;
  const words = simpleWords(line, context.dialect);
  if (words === undefined) return judgeByWords(line, context);
  const simple =
    context.dialect === "fish" ? (judgeFish(words, context) ?? judgePosix(words, context)) : judgePosix(words, context);
  return simple ?? judgeByWords(line, context);
}

const nothing: LineSetting = { kind: "none", why: "", sets: new Map(), leadsWithGoroot: false };

/** `[export|typeset|declare [-flags]] NAME=value…`; `undefined` for anything else. */
function judgePosix(words: readonly Word[], context: JudgeContext): LineSetting | undefined {
  const [first] = words;
  if (first === undefined) return nothing;
  const keyword = literalOf(first);
  const isDeclared = keyword === "export" || keyword === "typeset" || keyword === "declare";
  const operands = isDeclared ? words.slice(1).filter((word) => literalOf(word)?.startsWith("-") !== true) : words;
  if (isDeclared && operands.length === 1 && literalOf(operands[0] ?? []) === "GOROOT") {
    return { ...nothing, kind: "goroot", why: "exports GOROOT" };
  }
  const list = listAssignment(operands);
  if (list !== undefined)
    return list.name === "path" ? judgeEntries(list.items, list.isAdded, "path", context) : nothing;

  const sets = new Map<string, string | undefined>();
  const known = operands.length > 1 ? new Map(context.variables) : context.variables;
  const settings: LineSetting[] = [];
  for (const operand of operands) {
    const assignment = assignmentOf(operand);
    if (assignment === undefined) {
      // `NAME=value command` holds for that command alone; `export A B` sets nothing.
      if (isDeclared && literalOf(operand) !== undefined) continue;
      return isDeclared ? undefined : settings.length > 0 ? nothing : undefined;
    }
    const { name, isAdded, value } = assignment;
    if (name === "PATH")
      settings.push(judgeEntries(splitAtColons(value), isAdded, "PATH", { ...context, variables: known }));
    else {
      sets.set(name, isAdded ? undefined : expandWord(value, known));
      const set = sets.get(name);
      if (known instanceof Map) {
        if (set === undefined) known.delete(name);
        else known.set(name, set);
      }
      if (name === "GOROOT") settings.push({ ...nothing, kind: "goroot", why: "sets GOROOT" });
      else if (name === "GOPATH") settings.push({ ...nothing, kind: "gopath", why: gopathWhy });
      else settings.push(nothing);
    }
  }
  return { ...combine(settings), sets };
}

const gopathWhy = "sets GOPATH; left as it is";

function combine(settings: readonly LineSetting[]): LineSetting {
  const [first] = settings;
  if (first === undefined) return nothing;
  if (settings.length === 1) return first;
  const leadsWithGoroot = settings.some((setting) => setting.leadsWithGoroot);
  const kinds = new Set(settings.map((setting) => setting.kind));
  if (kinds.size === 1) return { ...first, leadsWithGoroot };
  if ([...kinds].every((kind) => kind === "goroot" || kind === "path"))
    return { ...nothing, kind: "path", why: "sets GOROOT and PATH for another Go" };
  if (kinds.has("goroot") || kinds.has("path") || kinds.has("mixed")) {
    return { ...nothing, kind: "mixed", why: "sets up another Go and does something else as well", leadsWithGoroot };
  }
  return settings.find((setting) => setting.kind === "gopath") ?? nothing;
}

/** `name=( a b )`, as simpleWords gives it. */
function listAssignment(
  words: readonly Word[],
): { readonly name: string; readonly isAdded: boolean; readonly items: readonly Word[] } | undefined {
  const match = /^([A-Za-z_]\w*)(\+?)=\($/.exec(literalOf(words[0] ?? []) ?? "");
  if (match === null || literalOf(words.at(-1) ?? []) !== ")") return undefined;
  return { name: match[1] ?? "", isAdded: match[2] === "+", items: words.slice(1, -1) };
}

/** `set -gx NAME value…` and `fish_add_path dir…`. */
function judgeFish(words: readonly Word[], context: JudgeContext): LineSetting | undefined {
  const [command, ...rest] = words;
  const name = literalOf(command ?? []);
  if (name !== "set" && name !== "fish_add_path") return undefined;
  const flags = rest.map((word) => literalOf(word)).filter((text) => text?.startsWith("-") === true);
  const operands = rest.filter((word) => literalOf(word)?.startsWith("-") !== true);
  if (name === "fish_add_path") return judgeEntries(operands, true, "path", context);
  const has = (short: string, long: string): boolean =>
    flags.some((flag) => flag === `--${long}` || (flag !== undefined && /^-\w+$/.test(flag) && flag.includes(short)));
  if (has("e", "erase") || has("q", "query")) return nothing;
  const [target, ...values] = operands;
  const variable = literalOf(target ?? []);
  if (variable === undefined || values.length === 0) return nothing;
  if (variable === "GOROOT") {
    const value = values.length === 1 ? expandWord(values[0] ?? [], context.variables) : undefined;
    return { ...nothing, kind: "goroot", why: "sets GOROOT", sets: new Map([["GOROOT", value]]) };
  }
  if (variable === "GOPATH") {
    return { ...nothing, kind: "gopath", why: gopathWhy };
  }
  if (variable === "PATH" || variable === "fish_user_paths") {
    const isAdded = has("a", "append") || has("p", "prepend");
    return judgeEntries(
      values.flatMap((value) => splitAtColons(value)),
      isAdded,
      variable,
      context,
    );
  }
  const value = values.length === 1 ? expandWord(values[0] ?? [], context.variables) : undefined;
  return { ...nothing, sets: new Map([[variable, value]]) };
}

function judgeEntries(words: readonly Word[], isAdded: boolean, list: string, context: JudgeContext): LineSetting {
  const names = new Set([list, "PATH", "path"]);
  // `PATH+=:/x` starts with the colon that parts it from what was there.
  const given = isAdded && words[0]?.length === 0 ? words.slice(1) : words;
  const entries = given.map((word): Entry => {
    const [only] = word;
    if (word.length === 1 && only?.kind === "variable" && names.has(only.name)) return "path";
    return judgeEntry(word, context);
  });
  const extendsPath = isAdded || entries.includes("path");
  const hasOther = entries.some((entry) => entry === "other-go" || entry === "goroot");
  if (!hasOther) return nothing;
  if (extendsPath && !entries.includes("rest")) return { ...nothing, kind: "path", why: "puts another Go on PATH" };
  const goroot = entries.indexOf("goroot");
  return {
    ...nothing,
    kind: "mixed",
    why: extendsPath
      ? "puts another Go on PATH together with other directories"
      : "sets PATH anew with another Go in it",
    leadsWithGoroot: goroot !== -1 && (!entries.includes("path") || goroot < entries.indexOf("path")),
  };
}

function judgeEntry(word: Word, context: JudgeContext): Entry {
  // GOPATH/bin and GOBIN are where `go install` puts the user's own tools.
  if (word.some((atom) => atom.kind === "variable" && (atom.name === "GOPATH" || atom.name === "GOBIN"))) return "rest";
  const [first, second] = word;
  // Without GOROOT this is /bin, which is why it goes wherever GOROOT goes.
  if (
    first?.kind === "variable" &&
    first.name === "GOROOT" &&
    second?.kind === "text" &&
    /^\/bin\/?$/.test(second.text)
  ) {
    return "goroot";
  }
  const directory = expandWord(word, context.variables);
  return directory === undefined ? "rest" : judgeDirectory(directory, context);
}

function judgeDirectory(given: string, context: JudgeContext): Entry {
  const directory = given.replace(/(?<=.)\/+$/, "");
  if (directory === ownBin) return "own";
  const isShared =
    sharedDirectories.has(directory) ||
    ["bin", ".local/bin", "go/bin"].some((name) => directory === `${context.home}/${name}`);
  if (isShared || !directory.startsWith("/")) return "rest";
  return context.isOtherGo(directory) ? "other-go" : "rest";
}

/** For a line that is more than one simple command: what it mentions is enough to report it, never to change it. */
function judgeByWords(line: string, context: JudgeContext): LineSetting {
  const code = line.replace(/(^|\s)#.*$/, "");
  const sets = new Map<string, string | undefined>();
  for (const match of code.matchAll(/(?:^|[\s;&|(){'"])([A-Za-z_]\w*)\+?=/g)) sets.set(match[1] ?? "", undefined);
  const fishSets = (name: string): boolean => new RegExp(`\\bset\\s+(?:-\\S+\\s+)*${name}\\s`).test(code);
  const isMixed = "together with something else on the line";
  if (sets.has("GOROOT") || fishSets("GOROOT"))
    return { ...nothing, kind: "mixed", why: `sets GOROOT ${isMixed}`, sets };
  const directories = /path/i.test(code)
    ? [...code.matchAll(/(?:~|\$\{?[A-Za-z_]\w*\}?)?(?:\/[\w.+@-]+)+/g)].map((match) => match[0])
    : [];
  const others = directories.filter((text) => {
    const [word] = simpleWords(text, context.dialect) ?? [];
    const kind = word === undefined ? "rest" : judgeEntry(word, context);
    return kind === "other-go";
  });
  if (others.length > 0) return { ...nothing, kind: "mixed", why: `puts another Go on PATH ${isMixed}`, sets };
  if (sets.has("GOPATH") || fishSets("GOPATH")) return { ...nothing, kind: "gopath", why: gopathWhy, sets };
  return { ...nothing, sets };
}
