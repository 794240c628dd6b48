import { posix } from "node:path";
import { type Environment, fromFile, type Setting } from "../setting.ts";
import { joinLines, type Texts } from "../texts.ts";

/** From what counts most: a file hides those of its name in the directories after it. */
const configDirectories = ["/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"];
const environmentDirectories = ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map((each) => `${each}/environment.d`);

/** DefaultEnvironment= or ManagerEnvironment= of system.conf or user.conf and their drop-ins, by systemd-system.conf(5). */
export function readManagerSetting(
  texts: Texts,
  file: "system.conf" | "user.conf",
  key: "DefaultEnvironment" | "ManagerEnvironment",
  ownDirectory?: string,
): Environment {
  const directories = [...(ownDirectory === undefined ? [] : [ownDirectory]), ...configDirectories];
  const main = directories.map((each) => `${each}/${file}`).find((path) => texts.read(path) !== undefined);
  const dropIns = listByName(
    texts,
    directories.map((each) => `${each}/${file}.d`),
  );
  const variables = new Map<string, Setting>();
  for (const path of [...(main === undefined ? [] : [main]), ...dropIns]) {
    for (const { text, number } of joinLines(texts.read(path) ?? "")) {
      const [, value] = new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`).exec(text) ?? [];
      // Without a value it takes back all before it.
      if (value === "") variables.clear();
      for (const word of splitQuoted(value ?? "")) {
        const [, name, content] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
        if (name !== undefined && content !== undefined) variables.set(name, fromFile(path, number, content));
      }
    }
  }
  return variables;
}

/** environment.d(5), as systemd's own generator applies it to what a user manager has been started with. */
export function applyEnvironmentDirectories(variables: Map<string, Setting>, texts: Texts, home: string): void {
  for (const path of listByName(texts, [`${home}/.config/environment.d`, ...environmentDirectories])) {
    for (const { text, number } of joinLines(texts.read(path) ?? "")) {
      const [, name, value] = /^\s*([A-Za-z_]\w*)\s*=(.*)$/.exec(text) ?? [];
      if (name === undefined || value === undefined) continue;
      variables.set(name, fromFile(path, number, expand(dropQuotes(value), variables)));
    }
  }
}

/** `*.conf` of all directories in the order of their names, each name from the first directory that has it. */
function listByName(texts: Texts, directories: readonly string[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const directory of directories) {
    for (const name of texts.list(directory)) {
      if (name.endsWith(".conf") && !byName.has(name)) byName.set(name, posix.join(directory, name));
    }
  }
  return [...byName.keys()].toSorted().flatMap((name) => byName.get(name) ?? []);
}

function splitQuoted(text: string): readonly string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g) ?? []).map(dropQuotes);
}

/** Quotes anywhere in a value, spaces between what is quoted, and those at both ends. */
function dropQuotes(value: string): string {
  const parts = value.trim().match(/"(?:[^"\\]|\\.)*"|'[^']*'|\s+|[^\s"']+|["']/g) ?? [];
  return parts
    .filter((part, at) => !/^\s+$/.test(part) || !(isQuoted(parts[at - 1]) || isQuoted(parts[at + 1])))
    .map((part) => (isQuoted(part) ? part.slice(1, -1) : part).replaceAll(/\\(.)/g, "$1"))
    .join("");
}

function isQuoted(part: string | undefined): boolean {
  return part !== undefined && part.length > 1 && /^(["']).*\1$/s.test(part);
}

/** `$NAME`, `${NAME}`, `${NAME:-otherwise}`, `${NAME:+instead}`. */
function expand(value: string, variables: ReadonlyMap<string, Setting>): string {
  return value.replaceAll(
    /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::([-+])([^}]*))?\})/g,
    (
      _,
      bare: string | undefined,
      braced: string | undefined,
      operator: string | undefined,
      word: string | undefined,
    ) => {
      const found = variables.get(bare ?? braced ?? "")?.value ?? "";
      if (operator === "-") return found === "" ? (word ?? "") : found;
      if (operator === "+") return found === "" ? "" : (word ?? "");
      return found;
    },
  );
}
