import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "ini";
import { nearestWords } from "../errors/nearest-words.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { judgeText, type Option, type OptionName, optionNames, optionOf, type Settings } from "./options.ts";

/** The options that readygo.ini may set, by `section.key`. */
const byKey: ReadonlyMap<string, OptionName> = new Map(
  optionNames.flatMap((name) => {
    const { ini } = optionOf(name);
    return ini === undefined ? [] : [[ini, name] as const];
  }),
);
const knownKeys = [...byKey.keys()];

/**
 * Parses readygo.ini. A key without a value is as if it were not there.
 *
 * @throws ProvisionError `config-invalid` naming file, line and the nearest known key
 */
export function parseConfig(text: string, fileName: string): Settings {
  const settings: Partial<Record<OptionName, Settings[OptionName]>> = {};
  checkLines(text, fileName);
  for (const [section, content] of Object.entries(parse(text.replace(/^\uFEFF/, "")))) {
    if (typeof content !== "object" || content === null)
      throw invalid(text, fileName, section, `${section} is outside of any section`);
    for (const [key, value] of Object.entries(content as Record<string, unknown>)) {
      const name = byKey.get(`${section}.${key}`);
      if (name === undefined) throw unknownKey(text, fileName, section, key);
      // Numbers and booleans are ini's reading of a text; anything else is a section or a list in its own notation.
      if (typeof value === "object" && value !== null)
        throw invalid(text, fileName, key, `${section}.${key} is not a single value`);
      const plain = String(value).trim();
      if (plain === "") continue;
      // A value in quotes may have them escaped.
      const wanted = /\p{Cc}/u.test(plain) ? "without control characters" : judgeSetting(optionOf(name), plain);
      if (wanted === undefined) {
        settings[name] = toSetting(optionOf(name), plain);
        continue;
      }
      // A bare # in a URL's password begins a comment: a part of it is left, and nothing tells that it is one.
      const shown = plain.includes("://") ? "" : ` is "${plain}" and`;
      throw invalid(text, fileName, key, `${section}.${key}${shown} has to be ${wanted}`);
    }
  }
  return settings as Settings;
}

function judgeSetting(option: Option, text: string): string | undefined {
  if (option.kind === "flag") return switches.has(text) ? undefined : `one of ${[...switches.keys()].join(", ")}`;
  return toList(option, text)
    .map((each) => judgeText(option, each) ?? option.iniJudge?.(each))
    .find((wanted) => wanted !== undefined);
}

function toSetting(option: Option, text: string): Settings[OptionName] {
  if (option.kind === "flag") return switches.get(text);
  if (option.kind === "number") return Number(text);
  return option.kind === "texts" ? toList(option, text) : text;
}

function toList(option: Option, text: string): readonly string[] {
  return option.kind === "texts" ? text.split(",").map((each) => each.trim()) : [text];
}

const switches: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["no", false],
  ["true", true],
  ["false", false],
]);

/**
 * readygo.ini with these settings and no others: what `parseConfig` reads back as the same.
 *
 * @throws ProvisionError `usage` for a value that does not come back: INI has no way to say a backslash before a `;`
 */
export function formatConfig(settings: Settings): string {
  const sections: Record<string, Record<string, string>> = {};
  for (const [place, name] of byKey) {
    const value = settings[name];
    if (value === undefined) continue;
    const [section = "", key = ""] = place.split(".");
    (sections[section] ??= {})[key] = toText(value);
  }
  const text = stringify(sections, { whitespace: true });
  if (!isDeepStrictEqual(parseConfig(text, "readygo.ini"), settings))
    throw new ProvisionError("usage", "a setting has characters that readygo.ini cannot hold");
  return text;
}

function toText(value: NonNullable<Settings[OptionName]>): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? value.join(", ") : String(value);
}

/** Those of the settings that readygo.ini can hold. */
export function pickConfig(settings: Settings): Settings {
  const names = new Set<string>(byKey.values());
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.has(name)));
}

/** What `ini` lets pass without a word: a key that is set twice, and one without an equals sign, which it takes for true. */
function checkLines(text: string, fileName: string): void {
  const seen = new Set<string>();
  let section = "";
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/^\uFEFF/, "").trim();
    if (content === "" || content.startsWith(";") || content.startsWith("#")) continue;
    const where = { details: { file: `${fileName}:${index + 1}` } };
    if (content.startsWith("[")) {
      section = content;
      continue;
    }
    const key = /^[^=]*/.exec(content)?.[0].trim() ?? "";
    if (!content.includes("=")) throw new ProvisionError("config-invalid", `${key} in ${section} has no value`, where);
    if (seen.has(`${section} ${key}`))
      throw new ProvisionError("config-invalid", `${key} is set twice in ${section}`, where);
    seen.add(`${section} ${key}`);
  }
}

function unknownKey(text: string, fileName: string, section: string, key: string): ProvisionError {
  const [nearest] = nearestWords(`${section}.${key}`, knownKeys, 1);
  const [nearSection, nearKey] = (nearest ?? "go.version").split(".");
  return invalid(
    text,
    fileName,
    key,
    `there is no key ${key} in [${section}]; the nearest is ${nearKey} in [${nearSection}]`,
  );
}

function invalid(text: string, fileName: string, word: string, summary: string): ProvisionError {
  const line = text.split("\n").findIndex((content) => content.includes(word)) + 1;
  return new ProvisionError("config-invalid", summary, {
    details: { file: line > 0 ? `${fileName}:${line}` : fileName },
    remedy: [`correct ${fileName}, or pass --config FILE with another file; the keys are ${knownKeys.join(", ")}`],
  });
}
