import { html as escape, raw } from "hono/html";
import { visibleText } from "./visible-text.ts";

/** Text that is HTML or XML already; only templates make it. */
export type Markup = Exclude<ReturnType<typeof escape>, Promise<unknown>>;

/** What a template can hold: everything but markup is escaped. */
export type MarkupPart = string | number | Markup | null | undefined | readonly MarkupPart[];

/**
 * A template of HTML or XML. Strings are text, whatever they hold: escaped for elements and quoted attributes alike, with
 * control characters and marks that turn the direction of text written out.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return escape(strings, ...parts.map(toVisible)) as Markup;
}

/** A text of readygo's own source: a style sheet, say. */
export function trusted(text: string): Markup {
  return raw(text);
}

function toVisible(part: MarkupPart): unknown {
  if (typeof part === "string") return visibleText(part);
  return Array.isArray(part) ? part.map((each: MarkupPart) => toVisible(each)) : part;
}
