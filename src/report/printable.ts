import { redactUrl } from "../errors/redact-url.ts";
import { styleText } from "node:util";

/**
 * C0 and C1 controls but newline, and the marks that turn the direction of text (Unicode's bidi controls) or end a line:
 * what they name is partly from outside (a server's words, a file's name), and a terminal would obey it.
 */
const harmful = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Text as it may go to a terminal or log: no password or token, no control character but newline. */
export function printable(text: string): string {
  return redactUrl(text.replaceAll("\r\n", "\n").replaceAll("\t", " ").replace(harmful, escapeCharacter));
}

/** The same, in one line. */
export function printableLine(text: string): string {
  return printable(text.trim().replace(/\s*\n\s*/g, " "));
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

export type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

/** Colours a text where colour is wanted; every output reads the same without. */
export function paint(text: string, colour: Colour, isColor: boolean): string {
  // Whether there is to be colour was decided from --no-color, NO_COLOR and the stream by who asks.
  return isColor ? styleText(colour, text, { validateStream: false }) : text;
}
