import { visibleText } from "../visible-text.ts";

/** The same with every text cut to so many characters; a page has to be opened by a phone, whatever a file held. */
export function boundTexts<Value>(value: Value, most: number): Value {
  if (typeof value === "string") return (value.length > most ? visibleText(value, most) : value) as Value & string;
  if (Array.isArray(value)) return value.map((each: unknown) => boundTexts(each, most)) as Value & unknown[];
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]: [string, unknown]) => [
    boundTexts(key, most),
    boundTexts(each, most),
  ]);
  return Object.fromEntries(entries) as Value & object;
}
