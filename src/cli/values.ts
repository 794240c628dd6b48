import { ProvisionError } from "../errors/provision-error.ts";

/** The parsed command line, still text: every flag by its long name, and the positional as `_`. */
export type Values = Readonly<Record<string, unknown>>;

export function readText(values: Values, name: string): string | undefined {
  const value = values[name];
  // yargs makes a list of an option that is given twice.
  if (Array.isArray(value)) throw new ProvisionError("usage", `--${name} is given twice`);
  if (value === undefined || value === "") {
    if (value === "")
      throw new ProvisionError("usage", name.startsWith("version") ? "VERSION is empty" : `--${name} needs a value`);
    return undefined;
  }
  return asText(value);
}

export function readTexts(values: Values, name: string): readonly string[] {
  const value = values[name];
  return value === undefined ? [] : Array.isArray(value) ? value.map(asText) : [asText(value)];
}

export function readFlag(values: Values, name: string): boolean | undefined {
  const value = values[name];
  return typeof value === "boolean" ? value : undefined;
}

/** Whole seconds, 0 or more. */
export function readSeconds(values: Values, name: string): number | undefined {
  const text = readText(values, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new ProvisionError("usage", `--${name} takes a number of seconds, not "${text}"`);
  return Number(text);
}

/** A whole number, 0 to 99. */
export function readCount(values: Values, name: string): number | undefined {
  const text = readText(values, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,2}$/.test(text))
    throw new ProvisionError("usage", `--${name} takes a number from 0 to 99, not "${text}"`);
  return Number(text);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
