import { ProvisionError } from "../errors/provision-error.ts";
import { judgeText, type Option, optionNames, optionOf, type Settings } from "./options.ts";

/** What yargs found: options by their names, and the positional by its own. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * The options of a command line, parsed.
 *
 * @throws ProvisionError `usage`
 */
export function readSettings(values: Values): Settings {
  const given = optionNames.flatMap((name) => {
    const option = optionOf(name);
    if ("isIniOnly" in option) return [];
    const value = readOption(values[name], `--${name}`, option);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given) as Settings;
}

function readOption(value: unknown, name: string, option: Option): Settings[keyof Settings] {
  if (value === undefined) return undefined;
  if (option.kind === "flag") return typeof value === "boolean" ? value : undefined;
  // yargs makes a list of an option that is given twice.
  const texts = (Array.isArray(value) ? value : [value]).map(asText);
  for (const text of texts) checkText(text, name, option);
  if (option.kind === "texts") return texts;
  const [text = ""] = texts;
  if (texts.length > 1) throw new ProvisionError("usage", `${name} is given twice`);
  return option.kind === "number" ? Number(text) : text;
}

function checkText(text: string, name: string, option: Exclude<Option, { readonly kind: "flag" }>): void {
  if (text === "") throw new ProvisionError("usage", `${name} needs a value`);
  const wanted = judgeText(option, text);
  if (wanted === undefined) return;
  // A URL may have a password in it.
  throw new ProvisionError("usage", `${name} takes ${wanted}${text.includes("://") ? "" : `, not "${text}"`}`);
}

/**
 * The words of a command's positional.
 *
 * @throws ProvisionError `usage`
 */
export function readWords(values: Values, name: string | undefined): readonly string[] {
  const value = name === undefined ? undefined : values[name];
  const words = value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(asText);
  if (words.includes("")) throw new ProvisionError("usage", "VERSION is empty");
  return words;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
